import { join } from 'node:path';
import { renderFile } from 'ejs';
import type { Response } from 'express';
import type { PageLocals } from './page-locals';
import type { ViewLocals, ViewName } from './views';

export interface PageRenderer {
  /** Answers with a page. Locals are an explicit object; nothing of the request reaches the template by itself. */
  send<Name extends ViewName>(
    res: Response,
    page: {
      readonly view: Name;
      readonly locals: Omit<ViewLocals[Name], 'page'>;
      readonly page: PageLocals;
      readonly status?: number;
    },
  ): Promise<void>;
}

export function createPageRenderer(views: string): PageRenderer {
  return {
    async send(res, { view, locals, page, status }) {
      const html = await renderFile(join(views, `${view}.ejs`), { ...locals, page }, { cache: true });
      res
        .status(status ?? 200)
        .type('html')
        .send(html);
    },
  };
}
