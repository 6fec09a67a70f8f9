import type { Router } from 'express';
import type { HttpContext } from '../kernel/http-context';
import { answerRefusal, knownPageRoute, type KnownPageRequest } from '../kernel/page-route';
import { wantsOthersEnded } from '../kernel/request';
import type { SettingsAct } from '../session/session-data-text';
import { performAct, typedLabel } from './settings-acts';
import { renderSettings } from './settings-page';

/** A person's own factors: see them, rename, remove, choose the first, make new recovery codes. */
export function addSettingsRoutes(router: Router, context: HttpContext): void {
  const act = (path: string, read: (page: KnownPageRequest) => SettingsAct | null): void => {
    router.post(
      path,
      knownPageRoute(context, async (page) => {
        const asked = read(page);
        return asked === null ? refuseEmptyLabel(page) : performAct(page, asked);
      }),
    );
  };
  router.get(
    '/settings',
    knownPageRoute(context, (page) => renderSettings(page, { error: null, status: 200 })),
  );
  act('/settings/authenticators/:id/rename', readRenaming);
  act('/settings/authenticators/:id/remove', (page) => ({
    kind: 'remove',
    authenticatorId: idOf(page),
    endOthers: wantsOthersEnded(page.req.body),
  }));
  act('/settings/authenticators/:id/ask-first', (page) => ({
    kind: 'ask-first',
    authenticatorId: idOf(page),
  }));
  act('/settings/recovery-codes', () => ({ kind: 'new-recovery-codes' }));
}

const LONGEST_ID = 64;

function idOf({ req }: KnownPageRequest): string {
  const { id } = req.params;
  return typeof id === 'string' ? id.slice(0, LONGEST_ID) : '';
}

function readRenaming(page: KnownPageRequest): SettingsAct | null {
  const label = typedLabel(page);
  return label === null ? null : { kind: 'rename', authenticatorId: idOf(page), label };
}

function refuseEmptyLabel(page: KnownPageRequest): Promise<void> {
  return answerRefusal(page, { because: 'label-missing', status: 400 }, (status) =>
    renderSettings(page, { error: 'label-missing', status }),
  );
}
