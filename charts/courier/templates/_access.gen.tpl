{{/* Generated from operator/courier/kube-permissions.ts by `npm run generate`; edit that file instead. */}}
{{- define "courier.access.couriers" -}}
# Sees the Couriers.
- apiGroups: [courier.dev]
  resources: [couriers]
  verbs: [list, watch]
# Says what became of them.
- apiGroups: [courier.dev]
  resources: [couriers/status]
  verbs: [patch]
# Makes them the owners of their children where OwnerReferencesPermissionEnforcement is on (OpenShift).
- apiGroups: [courier.dev]
  resources: [couriers/finalizers]
  verbs: [update]
# Applies the ServiceAccount of each Courier.
- apiGroups: [""]
  resources: [serviceaccounts]
  verbs: [get, create, patch, delete]
# Applies the ConfigMap of each Courier.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, create, patch]
# Applies the PodDisruptionBudget of each Courier.
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, create, patch]
# Applies the Deployment of each Courier.
- apiGroups: [apps]
  resources: [deployments]
  verbs: [get, list, watch, create, patch]
# Applies the PodMonitor of each Courier.
- apiGroups: [monitoring.coreos.com]
  resources: [podmonitors]
  verbs: [get, create, patch]
# Sees why workers do not run, and where to ask them how they do; notes which are the least loss to remove.
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch, patch]
# Tells what happened.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end }}

{{- define "courier.access.credentials" -}}
{{- with .Values.rbac.credentialSecrets }}{{- if .read }}
# Reads the AWS credentials that a Courier names in spec.aws.credentialsSecretRef, and no other Secret.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
{{- with .names }}
  resourceNames:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}{{- end }}
{{- end }}

{{- define "courier.access.own" -}}
# Makes the lease that its replicas agree by on who leads.
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
# Takes, renews and leaves that lease.
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [courier-operator]
  verbs: [get, update]
# Makes the key that the tokens of the exchange are made with.
- apiGroups: [""]
  resources: [secrets]
  verbs: [create]
# Reads that key.
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [courier-operator]
  verbs: [get]
{{- end }}
