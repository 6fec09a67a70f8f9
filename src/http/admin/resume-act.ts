import type { Request, Response } from 'express';
import { fingerprintTarget } from '../../flows/admin/resumed-act';
import { keepFormsHere } from '../kernel/headers';
import { translatorFor } from '../kernel/language';
import { dropSavedForm } from '../session/pending-action';
import { resolveIdentity } from '../session/resolve-identity';
import type { SavedForm } from '../session/session-data-text';
import { availableOrganizations } from './admin-options';
import { openOrganization, openPage, type AdminRoutes } from './admin-route';
import { formSelection } from './form-fields';

/** Checks session, permissions and proof again. Of several proofs at once, one renews the session; the others find it ended. */
export async function resumeAct(
  routes: AdminRoutes,
  { req, res, form }: { readonly req: Request; readonly res: Response; readonly form: SavedForm },
): Promise<'answered' | 'changed' | 'left'> {
  const { context, options, acts } = routes;
  const perform = acts.get(form.route);
  if (perform === undefined || form.cut) return 'left';
  const selection = formSelection(form.fields);
  // Without the version, a policy that another administrator saved meanwhile would be overwritten.
  if (form.userId === null && selection === null && form.fields['version'] === undefined) return 'left';
  const administered = await availableOrganizations(context, options, req);
  if (!administered.some(({ id }) => id === form.organizationId)) return 'left';
  const seen = await fingerprintTarget(context, { ...form, selection });
  if (seen !== form.seen) return 'changed';
  // The proof gave the session a new id and new evidence.
  const identity = await resolveIdentity(context, req);
  if (identity.kind === 'anonymous') return 'left';
  const { organizationId, userId } = form;
  req.params = { organizationId, ...(userId === null ? {} : { userId }) };
  const translator = translatorFor(context, req);
  const known = { context, req, res, identity, translator, json: false, returnTo: null };
  const page = await openPage(known, options);
  if (page === null) return 'answered';
  const opened = openOrganization(page);
  if (opened.unproven !== null) return 'left';
  dropSavedForm(req);
  keepFormsHere(context)(req, res, () => undefined);
  req.body = { ...form.fields };
  await perform(opened);
  return 'answered';
}
