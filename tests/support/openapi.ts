import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type ValidateFunction } from 'ajv/dist/2020';

export const OPENAPI_PATH = join(__dirname, '../../docs/openapi.json');

interface Answer {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, Answer>>;
}

/** One route of docs/openapi.json, such as `POST /mfa/sessions/{id}/end`. */
export interface DescribedRoute {
  readonly method: 'GET' | 'POST';
  /** As in the document: `/mfa/sessions/{id}/end`. */
  readonly path: string;
  /** Whether the document says that it can refuse with a status 4XX. */
  readonly refuses: boolean;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** docs/openapi.json, which says what every answer looks like. */
export function readOpenApi() {
  const document = JSON.parse(readFileSync(OPENAPI_PATH, 'utf8')) as Document;
  // The document is no schema itself: Ajv reads the schemas in it by their paths.
  const ajv = new Ajv({ strict: false, allErrors: true }).addSchema(document, 'openapi.json');
  const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { responses }]): DescribedRoute => {
      if (method !== 'get' && method !== 'post') throw new Error(`No route answers to ${method} ${path}.`);
      return { method: method === 'get' ? 'GET' : 'POST', path, refuses: '4XX' in responses };
    }),
  );

  /** The faults of an answer: empty where it is as described. */
  function faultsOf(
    route: Pick<DescribedRoute, 'method' | 'path'>,
    answer: { readonly status: number; readonly type: string; readonly body: unknown },
  ): readonly string[] {
    const method = route.method.toLowerCase();
    const described = document.paths[route.path]?.[method]?.responses ?? {};
    const status = answer.status < 300 ? String(answer.status) : `${Math.floor(answer.status / 100)}XX`;
    const response = described[status];
    if (response === undefined) return [`The status ${answer.status} is not described.`];
    const at =
      response.$ref ??
      `#/paths/${encodeURIComponent(route.path.replaceAll('/', '~1'))}/${method}/responses/${status}`;
    const content = response.content ?? Object(ajv.getSchema(`openapi.json${at}`)?.schema).content;
    if (!(answer.type in content)) return [`The type ${answer.type} is not described.`];
    if (answer.type !== 'application/json') return [];
    const validate = validatorOf(
      `openapi.json${at}/content/${encodeURIComponent('application~1json')}/schema`,
    );
    if (validate(answer.body)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
  }

  function validatorOf(at: string): ValidateFunction {
    const validate = ajv.getSchema(at);
    if (validate === undefined) throw new Error(`There is no schema at ${at}.`);
    return validate;
  }

  return { routes, faultsOf };
}
