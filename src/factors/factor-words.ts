/** A sentence; `{issuer}` stands for the name of the app, `{label}` for ` (its name)` where the authenticator has one. With `{destination}`, `unnamed` is for an address that is not known. */
export type Told = string | { readonly named: string; readonly unnamed: string };

/** What pages, mails and lists say about a factor, in English. */
export interface FactorWords {
  /** In lists, filters and charts: `Authenticator app`. */
  readonly name: string;
  /** How a session was proven: `authenticator app`. */
  readonly proof: string;
  /** Behind `codes sent to m•••@acme.example, by`: `email`. */
  readonly by: string;
  /** What an authenticator is called until its owner names it: `Phone`. */
  readonly label: string;
  /** The subject of a sentence in a mail: `The phone`. */
  readonly thing: string;
  /** Before `are turned off.`: `Codes by email`. */
  readonly proofs: string;
  /** What it means to choose it. */
  readonly about: string;
  /** The same for an administrator who may offer it. */
  readonly offer: string;
  /** The button that adds one: `Add a phone number`. */
  readonly add: string;
  /** The link that puts another one in its place, or null where it is added and removed instead. */
  readonly replace: string | null;
  /** The link back from the code to the form for an address; null where there is none. */
  readonly otherDestination: string | null;
  /** Behind `Confirm it’s you to`. `replace` is for one that takes the place of another. */
  readonly purpose: { readonly add: string; readonly replace: string };
  /** The button that chooses it as the way to sign in. */
  readonly choice: Told;
  /** The heading of the other ways, on the page that asks for this one. */
  readonly noneAtHand: string;
  readonly prompt: {
    readonly heading: string;
    readonly lead: Told;
    readonly field: string;
    readonly hint: string | null;
  };
  /** A page before it is set up, or null. Its button is null where the view holds buttons of its own. */
  readonly before: { readonly heading: string; readonly lead: string; readonly button: string | null } | null;
  readonly setUp: { readonly heading: string; readonly lead: string; readonly field: string };
  /** After it is set up, as the person's first and as a further one. */
  readonly saved: { readonly heading: string; readonly first: Told; readonly further: Told };
  /** By the reason of the refusal, where the general sentence would be wrong. */
  readonly refusals: Readonly<Record<string, string>>;
}
