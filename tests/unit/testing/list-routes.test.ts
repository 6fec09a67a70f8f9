import express from 'express';
import { listRoutes } from '../../../src/testing/attack/list-routes';
import { expressMajors } from '../../support/majors';

function createApp(framework: typeof express): express.Express {
  const app = framework();
  const orders = framework.Router();
  const requireStepUp: express.RequestHandler = (_req, _res, next) => next();
  orders.get('/', (_req, res) => res.end());
  orders.get('/:id/items/:item', (_req, res) => res.end());
  orders.post('/:id/refund', requireStepUp, (_req, res) => res.end());
  const inner = framework.Router();
  inner.all('/deep', (_req, res) => res.end());
  const safe = framework.Router();
  safe.use(requireStepUp);
  safe.put('/key', (_req, res) => res.end());
  app.use((_req, _res, next) => next());
  app.use('/shops/:shop/orders', orders);
  app.use('/a', framework.Router().use('/b', inner));
  app.use('/safe', safe);
  app.get(['/one', '/two'], (_req, res) => res.end());
  app.use('/files', (_req, res) => res.end());
  app.get(/^\/reports\/\d+$/, (_req, res) => res.end());
  const mounted = framework();
  mounted.get('/page', (_req, res) => res.end());
  app.use('/mounted', mounted);
  return app;
}

const list = (app: express.Express, candidates: readonly string[] = []) =>
  listRoutes(app, candidates).map(
    ({ method, path, asksStepUp }) => `${method} ${path}${asksStepUp ? ' with step-up' : ''}`,
  );

const EXPECTED = [
  'GET /shops/1/orders',
  'GET /shops/1/orders/1/items/1',
  'POST /shops/1/orders/1/refund with step-up',
  'GET /a/b/deep',
  'POST /a/b/deep',
  'PUT /safe/key with step-up',
  'GET /one',
  'GET /two',
  'GET /files',
  'GET /reports/',
  // Express hides the routes of an app that is mounted in another one.
  'GET /mounted',
];

describe('listRoutes', () => {
  it.each(expressMajors)('reads the routes of Express $major and of its routers', (major) => {
    const app = createApp(major.express);
    expect(list(app)).toEqual(EXPECTED);
    expect(listRoutes(app, [])[1]?.declared).toBe('/shops/:shop/orders/:id/items/:item');
  });

  it('finds routers at paths that it is told, where Express does not say', () => {
    const app = express();
    app.use(
      '/orders',
      express.Router().get('/new', (_req, res) => res.end()),
    );
    const { stack } = app.router as unknown as { stack: { rawPath?: unknown }[] };
    for (const layer of stack) delete layer.rawPath;
    expect(list(app)).toEqual([]);
    expect(list(app, ['/elsewhere', '/orders'])).toEqual(['GET /orders/new']);
  });
});
