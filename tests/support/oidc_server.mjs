// A certified OpenID provider on loopback: `node oidc_server.mjs FOLDER PORT REDIRECT`. Whoever says a name is that person; `doubtful` has an unconfirmed address.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, port, redirect] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(createRequire(`${folder}/x.js`).resolve('oidc-provider')).href);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: 'steward', client_secret: 'hush', redirect_uris: [redirect], grant_types: ['authorization_code'] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  cookies: { keys: ['test'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id, email: `${id}@hudson.example`, email_verified: id !== 'doubtful' }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
