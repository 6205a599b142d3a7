-- Health of a TenantReseller for Argo CD. docs/gitops.md says how to install it and what it answers at each stage.
-- Argo CD runs it without Lua's libraries: nothing but the language is used.

local spec = obj.spec or {}
local status = obj.status or {}

if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "The tenant is being removed." }
end
if spec.paused then
  return { status = "Suspended", message = "The operator leaves the tenant alone while spec.paused is true." }
end
if status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "The operator has not seen this generation yet." }
end

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end
local ready = conditions.Ready or { status = "Unknown", message = "The operator has not told anything yet." }

if conditions.Stalled ~= nil then
  return { status = "Degraded", message = conditions.Stalled.message }
end
if ready.reason == "DeadlineExceeded" then
  return { status = "Degraded", message = ready.message }
end
if conditions.Reconciling ~= nil then
  return { status = "Progressing", message = conditions.Reconciling.message }
end
if ready.status ~= "True" then
  return { status = "Progressing", message = ready.message }
end
if spec.state == "Suspended" then
  return { status = "Suspended", message = ready.message }
end
return { status = "Healthy", message = ready.message }
