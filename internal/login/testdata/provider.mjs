// A certified OpenID provider for the tests, on a random port of the loopback, all in memory. It reads its client from
// the environment, prints its address on one line, and logs in whoever the login_hint names, without a page.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const { REDIRECT, LOGOUT, BACKCHANNEL, SECRET } = process.env;

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'antragswerk',
      client_secret: SECRET,
      redirect_uris: [REDIRECT],
      post_logout_redirect_uris: [LOGOUT],
      backchannel_logout_uri: BACKCHANNEL,
      backchannel_logout_session_required: true,
      response_types: ['code'],
      grant_types: ['authorization_code'],
    }],
    acrValues: ['basic', 'substantial', 'high'],
    claims: {
      openid: ['sub'],
      acr: null,
      auth_time: null,
      sid: null,
      profile: ['name', 'given_name', 'family_name', 'birthdate', 'trust_level_authentication'],
      email: ['email', 'email_verified'],
      groups: ['groups'],
    },
    scopes: ['openid', 'profile', 'email', 'groups'],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource(ctx, form) { ctx.body = form; },
      },
    },
    // Its guard against addresses inside a network is right in general; our own test server is on the loopback.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    cookies: { keys: ['only for tests'] },
    ttl: { AccessToken: 300, AuthorizationCode: 60, IdToken: 300, Interaction: 300, Session: 300, Grant: 300 },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: 'Max Muster',
        given_name: 'Max',
        family_name: 'Muster',
        birthdate: '1985-04-12',
        email: 'Max.Muster@example.org',
        email_verified: !id.includes('unverified'),
        groups: ['clerk-jena'],
        trust_level_authentication: 'STORK-QAA-Level-3',
      }),
    }),
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  });

  const callback = provider.callback();
  server.on('request', async (req, res) => {
    if (!req.url.startsWith('/interaction/')) {
      callback(req, res);
      return;
    }
    const { prompt, params, session } = await provider.interactionDetails(req, res);
    if (prompt.name === 'login') {
      const wanted = (params.acr_values ?? 'basic').split(' ')[0];
      await provider.interactionFinished(req, res, {
        login: { accountId: process.env.ACCOUNT ?? 'somebody', acr: process.env.ACR ?? wanted },
      });
      return;
    }
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    await provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  });
  console.log(`ready ${issuer}`);
});

// The test ends us by closing our standard input.
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
