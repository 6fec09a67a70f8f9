import { createHash } from 'node:crypto';

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function defineScript(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

export const UNREADABLE = 'UNREADABLE';

/** Lua: the number in a field of the first key, or nil. Other data stops: a counter read as absent would allow more guesses. */
export const NUMBER_IN_FIELD = `
local function numberIn(field)
  local raw = redis.call('HGET', KEYS[1], field)
  if not raw then return nil end
  local number = tonumber(raw)
  if not number then error('${UNREADABLE} number') end
  return number
end
`;
