import type { Outbox } from 'express-mfa';
import { Router } from 'express';
import { momentOf } from './moment';

/** Every message that a real app would have sent, with its codes. */
export function outboxPages(outbox: Outbox): Router {
  const router = Router();
  router.get('/outbox', function showOutbox(_req, res) {
    const messages = outbox.messages.map((message) => ({ ...message, sent: momentOf(message.at) }));
    res.set('Cache-Control', 'no-store').render('outbox', { messages: messages.toReversed() });
  });
  router.get('/outbox.json', function listOutbox(_req, res) {
    res.set('Cache-Control', 'no-store').json(outbox.messages);
  });
  return router;
}
