import { ConfigurationError } from '../core/errors';
import { endAllSessions } from '../flows/admin/end-sessions';
import { savePolicyAsAdministrator, type PolicySavedByAdministrator } from '../flows/admin/save-policy';
import type { FlowContext } from '../flows/context/context';
import { effectivePolicy } from '../flows/context/gather-facts';
import { refusePolicy } from '../options/policy-rules';
import { idText, nameActor, outsideActor } from './host-actor';
import type { PoliciesApi, PolicySaved, SavePolicyOptions } from './programmatic-api';
import type { HostId } from './host-actor';

/** The acts of the pages of policies and sessions, for the host's own code. */
export function createPoliciesApi(context: FlowContext): PoliciesApi {
  return {
    async get(organizationId) {
      return effectivePolicy(context, await context.records.findPolicy(idText(organizationId)));
    },
    async save(hostId, given, options = {}) {
      const organizationId = idText(hostId);
      const { organizationId: named, version, ...change } = given;
      requireSame(organizationId, named);
      const expected = expectedVersion(version, options);
      // The caller may go on using its object while this waits.
      const asked = {
        organizationId,
        change: structuredClone(change),
        origin: null,
        ...(expected === undefined ? {} : { expectedVersion: expected }),
      };
      const actor = await nameActor(context, options.actorId);
      const saved = await savePolicyAsAdministrator(context, { ...asked, actor });
      return valueOf(context, saved);
    },
    async endAllSessions(organizationId, options = {}) {
      const actor = outsideActor(context, options.actorId);
      await endAllSessions(context, { organizationId: idText(organizationId), actor, origin: null });
    },
  };
}

/** A policy that was read for one organization is not another's: its version would say nothing. */
function requireSame(organizationId: string, named: HostId | undefined): void {
  if (named === undefined || idText(named) === organizationId) return;
  throw new ConfigurationError(
    'policies.save.change.organizationId',
    'it names another organization than the first argument. To copy a policy, leave organizationId and version out.',
  );
}

function expectedVersion(
  read: number | undefined,
  { expectedVersion: asked }: SavePolicyOptions,
): number | undefined {
  if (read !== undefined && asked !== undefined && read !== asked) {
    throw new ConfigurationError(
      'policies.save.change.version',
      `it is ${read}, and expectedVersion is ${asked}. Leave one of them out.`,
    );
  }
  return asked ?? read;
}

function valueOf(context: FlowContext, saved: PolicySavedByAdministrator): PolicySaved {
  if (saved.outcome === 'saved' || saved.outcome === 'conflict') return saved;
  if (saved.outcome === 'would-lock-you-out') {
    const wayOut =
      saved.wayOut === 'enroll-first'
        ? 'They must set up a second factor first'
        : 'Allow a method that they can set up';
    throw new ConfigurationError(
      'policies.save.change',
      `with this policy the actor could not sign in any more. ${wayOut}, or leave actorId out.`,
      { because: saved.outcome },
    );
  }
  const { draft: policy, faults } = saved;
  const [fault] = faults;
  if (fault === undefined) throw new TypeError('A policy was refused for no fault.');
  const { availableKinds } = context.options;
  throw refusePolicy('policies.save.change.', { policy, fault, faults, availableKinds });
}
