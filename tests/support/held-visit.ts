import type { RequestListener } from 'node:http';
import request, { type Response } from 'supertest';
import type { HttpAgent } from './http-agent';

/** A browser's cookies and token at one moment, as an attacker copies them or another process is handed them. */
export interface HeldVisit {
  readonly cookie: string;
  readonly token: string;
}

export async function holdVisit(agent: HttpAgent): Promise<HeldVisit> {
  const token = await agent.csrfToken();
  return { token, cookie: agent.cookieHeader() };
}

/** Sends JSON with what was held, and keeps nothing of the answer. */
export function postHeld(
  app: RequestListener,
  { cookie, token }: HeldVisit,
  path: string,
  body: object = {},
): Promise<Response> {
  const headers = { accept: 'application/json', 'x-csrf-token': token, cookie };
  return Promise.resolve(request(app).post(path).set(headers).send(body));
}

export function getHeld(app: RequestListener, { cookie }: HeldVisit, path: string): Promise<Response> {
  return Promise.resolve(request(app).get(path).set({ accept: 'application/json', cookie }));
}
