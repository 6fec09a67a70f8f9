import { fieldOf } from './return-to';

/**
 * Whether other sessions end with a change of factors. They do unless the person said no: by a box that was shown and is
 * not ticked, or by `endOthers: false` in JSON.
 */
export function wantsOthersEnded(body: unknown): boolean {
  const ticked = fieldOf(body, 'endOthers');
  if (ticked === false) return false;
  return ticked !== undefined || fieldOf(body, 'endOthersShown') === undefined;
}
