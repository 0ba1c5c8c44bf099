import type { AccessRule } from '../../operator/courier/kube-permissions.ts';

/**
 * Writes the rules of the chart's Roles: what the operator's sources say that it asks for, and nothing else. Three
 * templates: where there are Couriers, the credentials there, which an installer may withhold, and its own namespace.
 */
export function accessTemplate(rules: readonly AccessRule[]): string {
  const own = rules.filter(({ ownNamespace }) => ownNamespace);
  const optional = rules.filter(({ optional }) => optional);
  const couriers = rules.filter((rule) => !own.includes(rule) && !optional.includes(rule));
  return `{{/* Generated from operator/courier/kube-permissions.ts by \`npm run generate\`; edit that file instead. */}}
${template('couriers', couriers.map(ruleText).join(''))}
${template('credentials', withholdable(optional.map(ruleText).join('')))}
${template('own', own.map(ruleText).join(''))}`;
}

function template(name: string, text: string): string {
  return `{{- define "courier.access.${name}" -}}\n${text}{{- end }}\n`;
}

function withholdable(rules: string): string {
  const names = `{{- with .names }}
  resourceNames:
    {{- toYaml . | nindent 4 }}
{{- end }}
`;
  return `{{- with .Values.rbac.credentialSecrets }}{{- if .read }}\n${rules}${names}{{- end }}{{- end }}\n`;
}

function ruleText({ apiGroup, resource, verbs, names, purpose }: AccessRule): string {
  const named = names === undefined ? '' : `  resourceNames: [${names.join(', ')}]\n`;
  return `# ${purpose}
- apiGroups: [${apiGroup === '' ? '""' : apiGroup}]
  resources: [${resource}]
${named}  verbs: [${verbs.join(', ')}]
`;
}
