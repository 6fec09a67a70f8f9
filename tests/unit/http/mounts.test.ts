import type { Request } from 'express';
import { Mounts } from '../../../src/http/kernel/http-context';

// What `match` of a layer returns differs between versions of Express.

const pages = () => undefined;

interface Layer {
  match(): unknown;
  readonly path?: string;
}

/** A request of an app whose one layer has our pages. */
function requestWith(layer: Layer): Request {
  const app = { router: { stack: [{ handle: pages, ...layer }] } };
  return { app, baseUrl: '', path: '/' } as unknown as Request;
}

function mountsAt(pagesPath: string): Mounts {
  const mounts = new Mounts({ pagesPath });
  mounts.add(pages);
  return mounts;
}

describe('where the pages are mounted', () => {
  it.each<[string, Layer]>([
    ['true, and the path beside it', { match: () => true, path: '/mfa' }],
    ['an object with the path', { match: () => ({ path: '/mfa/' }) }],
    ['true alone, which does not tell', { match: () => true }],
    ['an object without a path, which does not tell', { match: () => ({}) }],
  ])('is no fault where a layer answers %s', (_what, layer) => {
    expect(() => mountsAt('/mfa').requirePages(requestWith(layer))).not.toThrow();
  });

  it.each<[string, Layer]>([
    ['false', { match: () => false }],
    ['null', { match: () => null }],
    ['undefined', { match: () => undefined }],
    ['the path of another place', { match: () => true, path: '' }],
  ])('is named where a layer answers %s', (_what, layer) => {
    expect(() => mountsAt('/mfa').requirePages(requestWith(layer))).toThrow(
      expect.objectContaining({ code: 'host-misconfigured' }),
    );
  });
});
