import type { Request } from 'express';
import { dropSavedForm, findSavedForm, saveForm } from '../../../src/http/session/pending-action';
import { readSessionData } from '../../../src/http/session/session-data';

const NOW = 1_795_707_648_000;

function sent(body: object): { readonly req: Request; readonly back: string } {
  const req = { session: {}, body, path: '/acme/members/alan/exemption' } as unknown as Request;
  const path = '/admin/mfa/acme/members/alan';
  const target = { organizationId: 'acme', userId: 'alan', seen: 'as-it-is', route: '/exemption' };
  return { req, back: saveForm(req, { path, ...target, now: NOW }) };
}

const keptOf = (body: object) => {
  const { req } = sent(body);
  return readSessionData(req).savedForm;
};

describe('a form that waits for a proof', () => {
  it('is found by the way back that names it, for ten minutes', () => {
    const { req, back } = sent({ reason: 'Nightly export', until: '2027-01-01' });
    const fields = { reason: 'Nightly export', until: '2027-01-01' };
    expect(findSavedForm(req, back, NOW + 599_999)).toMatchObject({ act: 'exemption', fields });
    expect(findSavedForm(req, back, NOW + 600_000)).toBeNull();
    expect(findSavedForm(req, back.split('?')[0] ?? '', NOW)).toBeNull();
    expect(findSavedForm(req, `${back}x`, NOW)).toBeNull();
    dropSavedForm(req);
    expect(findSavedForm(req, back, NOW)).toBeNull();
  });

  it('keeps nothing that proves anything, and nothing that no form has', () => {
    const body = { _csrf: 'token', password: 'correct horse', code: '123456', note: 'x', skips: '3' };
    expect(keptOf(body)?.fields).toEqual({ skips: '3' });
    expect(keptOf(Object.create({ reason: 'inherited' }))?.fields).toEqual({});
  });

  it('keeps no more than fits into a session', () => {
    const methods = Array.from({ length: 100 }, () => 'm'.repeat(1000));
    const fields = keptOf({ reason: 'r'.repeat(5000), methods, enabled: { on: true }, page: 7 })?.fields;
    expect(fields).toEqual({
      reason: 'r'.repeat(500),
      methods: Array.from({ length: 10 }, () => 'm'.repeat(40)),
    });
    expect(keptOf({ methods: ['totp', 5, null, { a: 1 }] })?.fields).toEqual({ methods: ['totp'] });
  });

  it('says whether a field was cut, since a form in part must not be performed', () => {
    expect(keptOf({ reason: 'Nightly export', methods: ['', 'totp'], note: 'n'.repeat(900) })?.cut).toBe(
      false,
    );
    for (const body of [{ reason: 'r'.repeat(501) }, { methods: ['totp', 5] }, { enabled: { on: true } }])
      expect(keptOf(body)?.cut).toBe(true);
  });
});
