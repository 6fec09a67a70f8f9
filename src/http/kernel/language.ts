import type { Request } from 'express';
import type { FlowContext } from '../../flows/context/context';
import type { Translator } from '../../messages/translator';
import { stateOf } from './request';

/** The language of a page: what the host says, then what the browser prefers (RFC 9110, 12.5.4), then the first that is offered. */
export function translatorFor({ options }: Pick<FlowContext, 'options'>, req: Request): Translator {
  const state = stateOf(req);
  state.translator ??= choose(options, req);
  return state.translator;
}

function choose({ translations, locale }: FlowContext['options'], req: Request): Translator {
  const said = locale(req);
  const found = said === null ? undefined : translations.find(said);
  if (found !== undefined) return found;
  const preferred = req.acceptsLanguages([...translations.languages]);
  return (preferred === false ? undefined : translations.find(preferred)) ?? translations.fallback;
}
