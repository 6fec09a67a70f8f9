/** Everybody who can sign in when the app starts. They share one password, since this is a demo. */
export const DEMO_PASSWORD = 'correct horse battery staple';

export interface DemoAccount {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly phone?: string;
  readonly organizationId: OrganizationId;
  /** Organizations that this person administers. */
  readonly administers?: readonly OrganizationId[];
  /** Signs in by the identity provider, which answers for the second factor. */
  readonly federated?: boolean;
  /** Said at start, so that everybody knows whom to try. */
  readonly about: string;
}

export const ORGANIZATIONS = { acme: 'Acme', globex: 'Globex', initech: 'Initech' } as const;
export type OrganizationId = keyof typeof ORGANIZATIONS;

export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  {
    id: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@acme.example',
    organizationId: 'acme',
    administers: ['acme', 'globex'],
    about: 'administers Acme and Globex',
  },
  {
    id: 'alan',
    name: 'Alan Turing',
    email: 'alan@acme.example',
    organizationId: 'acme',
    about: 'member of Acme, where MFA is required',
  },
  {
    id: 'mary',
    name: 'Mary Jackson',
    email: 'mary@acme.example',
    phone: '+12025550143',
    organizationId: 'acme',
    about: 'member of Acme with a phone on file',
  },
  {
    id: 'sync',
    name: 'Nightly sync',
    email: 'sync@acme.example',
    organizationId: 'acme',
    about: 'integration account of Acme, exempt',
  },
  {
    id: 'grace',
    name: 'Grace Hopper',
    email: 'grace@globex.example',
    organizationId: 'globex',
    about: 'member of Globex, where MFA is optional',
  },
  {
    id: 'linus',
    name: 'Linus Torvalds',
    email: 'linus@globex.example',
    organizationId: 'globex',
    federated: true,
    about: 'member of Globex, signs in at /sso',
  },
  {
    id: 'ken',
    name: 'Ken Thompson',
    email: 'ken@initech.example',
    organizationId: 'initech',
    about: 'member of Initech, where MFA is off',
  },
  {
    id: 'root',
    name: 'Root Admin',
    email: 'root@initech.example',
    organizationId: 'initech',
    administers: ['initech'],
    about: 'administers Initech',
  },
];
