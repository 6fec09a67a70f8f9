import { DeliveryError, readFault } from '../../../src/delivery/delivery-error';

const failed = (fields: object, message = 'It failed.') => Object.assign(new Error(message), fields);

describe('readFault', () => {
  it.each([21211, 21214, 21217, 21401, 21408, 21610, 21612, 21614, 21635, 30003, 30005, 30006])(
    'takes code %d for one recipient, whatever the status',
    (code) => {
      const recipient = { because: 'destination-refused', isProviderDown: 'no', mayArrive: false };
      for (const status of [undefined, 400, 403, 404])
        expect(readFault(failed({ code, status }))).toEqual(recipient);
      expect(readFault(failed({ code: String(code) }))).toEqual(recipient);
    },
  );

  it.each([
    ['a refused request', { status: 400 }],
    ['a number that is not found', { statusCode: 404 }],
    ['a number that cannot be processed', { response: { status: 422 } }],
    ['an invalid parameter', { name: 'InvalidParameterException', $metadata: { httpStatusCode: 400 } }],
    ['a refusal of a sender of the host’s', new DeliveryError('destination-refused', '')],
  ])('takes %s for one recipient', (_what, fields) => {
    const error = fields instanceof Error ? fields : failed(fields);
    expect(readFault(error)).toEqual({
      because: 'destination-refused',
      isProviderDown: 'no',
      mayArrive: false,
    });
  });

  it.each([
    ['an internal error', { status: 500 }],
    ['a gateway', { statusCode: 502 }],
    ['an overload', { response: { status: 503 } }],
    ['wrong credentials', { status: 401, code: 20003 }],
    ['an empty account', { status: 402 }],
    ['too many requests', { status: 429, code: 20429 }],
    ['a closed port', { code: 'ECONNREFUSED' }],
    ['a server that cannot be reached', { code: 'ETIMEDOUT', syscall: 'connect' }],
    ['a connection that is not made', { cause: { code: 'ECONNRESET', syscall: 'connect' } }],
    ['a name that does not resolve', { code: 'EAI_AGAIN' }],
    ['a failed fetch', { cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } }],
    ['a bad certificate', { code: 'CERT_HAS_EXPIRED' }],
    ['a failure that a sender of the host’s tells of', new DeliveryError('provider-failed', '')],
  ])('takes %s for the provider', (_what, fields) => {
    const error = fields instanceof Error ? fields : failed(fields);
    expect(readFault(error)).toEqual({ because: 'provider-failed', isProviderDown: 'yes', mayArrive: false });
  });

  it.each([
    ['our own limit', new DeliveryError('timed-out', '')],
    ['that of a signal', new DOMException('', 'TimeoutError')],
    ['an aborted request', new DOMException('', 'AbortError')],
    ['a wait that a client library gave up', failed({ code: 'ECONNABORTED' })],
    ['a socket without an answer', failed({ code: 'ETIMEDOUT' })],
    ['a failed fetch', failed({ cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } })],
    ['a gateway without an answer', failed({ status: 504 })],
  ])('takes %s for a provider that is too slow', (_what, error) => {
    expect(readFault(error)).toEqual({ because: 'timed-out', isProviderDown: 'yes', mayArrive: true });
  });

  it.each([
    ['a lost connection', failed({ code: 'ECONNRESET', syscall: 'read' })],
    ['a lost connection of fetch', failed({ cause: { code: 'UND_ERR_SOCKET' } })],
    [
      'one that a sender of the host’s tells of',
      new DeliveryError('provider-failed', '', { mayArrive: true }),
    ],
  ])('takes %s for the provider, whose message may arrive', (_what, error) => {
    expect(readFault(error)).toEqual({ because: 'provider-failed', isProviderDown: 'yes', mayArrive: true });
  });

  it('takes a provider that answers for one that is up', () => {
    const error = new DeliveryError('provider-failed', '', { answered: true });
    expect(readFault(error)).toEqual({ because: 'provider-failed', isProviderDown: 'no', mayArrive: false });
  });

  it.each([['an error without more'], [undefined], [null], ['text'], [42]])(
    'does not know of %j',
    (error) => {
      expect(readFault(error)).toEqual({
        because: 'provider-failed',
        isProviderDown: 'unclear',
        mayArrive: false,
      });
    },
  );

  it('does not know who is forbidden', () => {
    expect(readFault(failed({ status: 403 })).isProviderDown).toBe('unclear');
    expect(readFault(new Error('The number is invalid.')).isProviderDown).toBe('unclear');
  });
});
