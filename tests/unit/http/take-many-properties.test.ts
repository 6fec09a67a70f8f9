import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import express from 'express';
import { createMfa, memoryStores } from '../../../src';
import { optimizeAddingProperties } from '../../../src/http/session/session-middleware';
import { createHttpAgent } from '../../support/http-agent';

setFlagsFromString('--allow-natives-syntax');
const hasFastProperties = runInThisContext('(object) => %HasFastProperties(object)') as (
  object: object,
) => boolean;

// From Node 24 on there is nothing to gain.
const gains = Number.parseInt(process.versions.node, 10) < 24;

describe('an object that is to take many properties', () => {
  it('is as it was, and a dictionary', () => {
    const object = { first: 1, second: 2 };
    expect(hasFastProperties(object)).toBe(true);
    optimizeAddingProperties(object, 'first');
    expect(object).toEqual({ first: 1, second: 2 });
    expect(hasFastProperties(object)).toBe(!gains);
  });

  it('gets no property that it does not have', () => {
    const object: Record<string, unknown> = {};
    optimizeAddingProperties(object, 'first');
    expect(Reflect.ownKeys(object)).toEqual([]);
  });

  it('is the request and the response of every route behind the sessions', async () => {
    const mfa = createMfa({
      issuer: 'Acme',
      baseUrl: 'http://localhost',
      keys: [randomBytes(32).toString('base64')],
      ...memoryStores(),
      users: { findById: () => undefined },
    });
    const app = express();
    app.use(mfa.sessions());
    app.get('/shape', (req, res) => {
      res.json([hasFastProperties(req), hasFastProperties(res)]);
    });
    expect((await createHttpAgent(app).getJson('/shape')).body).toEqual([!gains, !gains]);
    await mfa.close();
  });
});
