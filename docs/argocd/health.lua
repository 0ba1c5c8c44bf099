-- Health of courier.dev/Courier for Argo CD, from its conditions as kstatus reads them.
local health = { status = "Progressing", message = "Waiting for the operator." }

local status = obj.status
if status == nil or status.observedGeneration ~= obj.metadata.generation then
  return health
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is(type, value)
  return conditions[type] ~= nil and conditions[type].status == value
end

if is("Stalled", "True") then
  return { status = "Degraded", message = conditions.Stalled.message }
end
if is("Reconciling", "True") then
  return { status = "Progressing", message = conditions.Reconciling.message }
end
if conditions.Ready ~= nil then
  health.message = conditions.Ready.message
end
if is("Ready", "True") then
  health.status = obj.spec.suspend and "Suspended" or "Healthy"
elseif is("Ready", "False") then
  health.status = "Degraded"
end
return health
