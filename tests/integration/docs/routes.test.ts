import { startCrawledApp } from '../../support/crawled-app';
import { firstColumn, sectionOf } from '../../support/docs';
import { listRoutes } from '../../support/route-inventory';

it('docs/json-api.md lists every route of our pages with its methods, and no other', async () => {
  const example = await startCrawledApp();
  const routes = listRoutes(example.app)
    .filter(({ path }) => /^(\/admin)?\/mfa(\/|$)/.test(path) && !path.endsWith('/*'))
    .map(({ path, methods }) => `${methods.toSorted().join(', ')} ${path}`);
  await example.stop();
  expect(routes.length).toBeGreaterThan(50);
  expect(firstColumn(sectionOf('docs/json-api.md', 'Routes')).toSorted()).toEqual(routes.toSorted());
});
