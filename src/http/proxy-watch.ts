import type { Request } from 'express';

/** What proxies add to a request. */
const ADDED_BY_PROXIES = ['x-forwarded-for', 'x-forwarded-proto'] as const;

/**
 * Notices a proxy that the app does not know of. Express then gives the proxy's address for everybody's, so that all share one count of
 * wrong passwords, and takes TLS that ends at the proxy for none.
 */
export class ProxyWatch {
  #seesUnknownProxy = false;
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get seesUnknownProxy(): boolean {
    return this.#seesUnknownProxy;
  }

  /** Tells of the first such request only: anybody can send the header. */
  look(req: Request): void {
    if (this.#seesUnknownProxy || ADDED_BY_PROXIES.every((name) => req.headers[name] === undefined)) return;
    // A connection that does not pass Express, such as a WebSocket, has no app to ask.
    if (!('app' in req) || req.app.get('trust proxy')) return;
    this.#seesUnknownProxy = true;
    const header = req.headers['x-forwarded-for'] === undefined ? 'X-Forwarded-Proto' : 'X-Forwarded-For';
    this.#onError(
      new Error(
        `${header} arrives, but \`trust proxy\` is not set. Write app.set('trust proxy', 1), with the number of proxies in front of the app or their addresses. Without it every visitor has the address of the proxy, and express-session may send no \`Secure\` cookie, so that nobody can sign in. If there is no proxy, a visitor sent the header.`,
      ),
    );
  }
}
