// An OpenID provider for tests: a certified implementation with its own pages for signing in. It knows whom a file
// names, and signs with a key that follows from a text in it: `{"key": "first", "people": {"anna": ["cloud"]}}`.
// The file is read again whenever somebody asks. Prints its address when it listens.
//
// Arguments: the file, and where to send people back to.
import { createHash, createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [file, redirect] = process.argv.slice(2);
const known = () => JSON.parse(readFileSync(file, 'utf8'));

// An Ed25519 key in PKCS #8: a fixed head, then 32 bytes.
function key(seed) {
  const head = Buffer.from('302e020100300506032b657004220420', 'hex');
  const der = Buffer.concat([head, createHash('sha256').update(seed).digest()]);
  const jwk = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
  return { ...jwk, alg: 'EdDSA', use: 'sig', kid: seed };
}

function provider(issuer, seed) {
  return new Provider(issuer, {
    clients: [{
      client_id: 'hansa',
      client_secret: 'a secret with + and %',
      redirect_uris: [redirect],
      id_token_signed_response_alg: 'EdDSA',
    }],
    jwks: { keys: [key(seed)] },
    cookies: { keys: [seed] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'groups'],
    findAccount: (_, name) => ({
      accountId: name,
      claims: () => ({ sub: name, preferred_username: name, groups: known().people[name] ?? [] }),
    }),
    enabledJWA: { idTokenSigningAlgValues: ['EdDSA'] },
  });
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let current = {};
  server.on('request', (request, response) => {
    const seed = known().key;
    if (current.seed !== seed) current = { seed, answer: provider(issuer, seed).callback() };
    current.answer(request, response);
  });
  process.stdout.write(`${issuer}\n`);
});
