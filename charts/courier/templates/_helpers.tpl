{{/* Every object has this name. It is not the release's: the operator's lease and key are called so, and a second operator
in a namespace would wait for the first for ever. As it is, Helm refuses to install it. */}}
{{- define "courier.name" -}}
courier-operator
{{- end -}}

{{/* What never changes: selectors cannot. */}}
{{- define "courier.selectorLabels" -}}
app.kubernetes.io/name: {{ include "courier.name" . }}
{{- end -}}

{{/* Labels of objects. Those of pods are the selector's and podLabels: a new version of the chart alone restarts nothing. */}}
{{- define "courier.labels" -}}
{{ include "courier.selectorLabels" . }}
{{ include "courier.commonLabels" . }}
{{- end -}}

{{- define "courier.commonLabels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: operator
app.kubernetes.io/part-of: courier
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") }}
{{- end -}}

{{- define "courier.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (include "courier.name" .) }}
{{- end -}}

{{- define "courier.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{/* What a container may do: nothing that a process of its own user does not need. */}}
{{- define "courier.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end -}}

{{- define "courier.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Whether an object of the Prometheus Operator is to be made: "true" or nothing.
Call with (list $ "PodMonitor" .Values.metrics.podMonitor.create). */}}
{{- define "courier.monitored" -}}
{{- $root := index . 0 -}}
{{- $known := $root.Capabilities.APIVersions.Has (printf "monitoring.coreos.com/v1/%s" (index . 1)) -}}
{{- if or (eq (index . 2) "Always") (and (eq (index . 2) "Auto") $known) }}true{{ end -}}
{{- end -}}
