import { createHash } from 'node:crypto';

/** A Lua script and the name that Redis keeps it under. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function defineScript(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/** The mark of an error that a script raises where it finds what nobody wrote. */
export const UNREADABLE = 'UNREADABLE';

/**
 * Lua: the number in a field of the first key, nil where there is none. A field that holds something else stops the
 * script, since a counter read as absent would let guesses through.
 */
export const NUMBER_IN_FIELD = `
local function numberIn(field)
  local raw = redis.call('HGET', KEYS[1], field)
  if not raw then return nil end
  local number = tonumber(raw)
  if not number then error('${UNREADABLE} number') end
  return number
end
`;
