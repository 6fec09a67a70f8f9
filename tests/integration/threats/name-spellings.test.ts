import { visit } from '../../support/member';
import { createPortal, PASSWORD } from '../../support/portal';

// The attack: passwords are guessed for one account under ever new spellings of its name that the host's table reads as the same, so
// that the throttle counts each of them anew.

const SPELLINGS = ['ada', 'ADA', ' ada ', 'ａda', 'aｄa', 'adａ', 'ＡＤＡ', 'ⓐda', '𝐚da', '𝒂𝒅𝒂'];

describe('passwords tried under many spellings of one name', () => {
  it('count for the one name', async () => {
    const portal = createPortal();
    for (const username of SPELLINGS) {
      expect((await visit(portal).logIn(username, 'a guess')).status).toBe(401);
    }
    const next = await visit(portal).logIn('ada', PASSWORD);
    expect([next.status, next.body]).toMatchObject([429, { because: 'too-many-passwords' }]);
    expect((await visit(portal).logIn('mary')).body).toMatchObject({ outcome: 'signed-in' });
    await portal.mfa.close();
  });
});
