import express from 'express';
import request from 'supertest';
import { createMfa, memoryRecords, memoryState } from '../../../src/index';
import { TEST_KEY } from '../../support/portal';

function serve(passkeys: Parameters<typeof createMfa>[0]['passkeys']) {
  const mfa = createMfa({
    issuer: 'Acme',
    baseUrl: 'https://portal.example.com',
    keys: [TEST_KEY],
    records: memoryRecords(),
    state: memoryState(),
    users: { findById: () => undefined },
    onError: () => undefined,
    passkeys,
  });
  const app = express().use(mfa.relatedOrigins());
  app.get('/.well-known/webauthn', (_req, res) => res.status(418).send('the host'));
  return app;
}

describe('the file of related origins', () => {
  it('lists the origins on other domains', async () => {
    const app = serve({ rpId: 'example.com', relatedOrigins: ['https://portal.example.de'] });
    const answer = await request(app).get('/.well-known/webauthn');
    expect([answer.status, answer.type, answer.body]).toEqual([
      200,
      'application/json',
      { origins: ['https://portal.example.de'] },
    ]);
    expect((await request(app).get('/.well-known/webauthn/more')).status).toBe(404);
    expect((await request(app).post('/.well-known/webauthn')).status).toBe(404);
  });

  it.each([{}, undefined])('is left to the host with passkeys: %p', async (passkeys) => {
    expect((await request(serve(passkeys)).get('/.well-known/webauthn')).status).toBe(418);
  });
});
