/**
 * Stand-ins for what the provider serves to buyers' browsers, with the same interface, so that a
 * page works with either by its address alone. They call the simulator they came from.
 */

/**
 * Of https://checkout.pagar.me/v1/tokenizecard.js. The script's tag has data-pagarmecheckout-app-id;
 * a form has data-pagarmecheckout-form, its fields data-pagarmecheckout-element. After
 * PagarmeCheckout.init(success, fail) a submitted form is stopped, its card made a token, and
 * success called with the other fields and pagarmetoken; if that returns true, the form is sent.
 */
export const tokenizeScript = `'use strict';
(() => {
  const tag = document.currentScript;
  const appId = tag.getAttribute('data-pagarmecheckout-app-id');
  const url = new URL('/core/v5/tokens', tag.src);
  url.searchParams.set('appId', appId ?? '');
  let callbacks;
  let isListening = false;

  function fieldsOf(form) {
    const inside = [...form.elements];
    return inside.filter((each) => each.hasAttribute('data-pagarmecheckout-element'));
  }

  function cardOf(fields) {
    const card = {};
    for (const field of fields) {
      const name = field.getAttribute('data-pagarmecheckout-element').replace(/-\\d+$/, '');
      if (name !== 'brand') card[name] = field.value.trim();
    }
    return card;
  }

  async function tokenOf(card) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'card', card }),
    });
    const answer = await response.json();
    if (!response.ok) throw answer;
    return answer.id;
  }

  function putToken(form, token) {
    const input = form.elements.pagarmetoken ?? document.createElement('input');
    input.type = 'hidden';
    input.name = 'pagarmetoken';
    input.value = token;
    form.append(input);
  }

  async function tokenize(form) {
    const fields = fieldsOf(form);
    const { success, fail } = callbacks;
    let token;
    try {
      token = await tokenOf(cardOf(fields));
    } catch (error) {
      fail(error);
      return;
    }
    const others = new FormData(form);
    for (const { name } of fields) others.delete(name);
    putToken(form, token);
    const data = { ...Object.fromEntries(others), pagarmetoken: token, 'pagarmetoken-0': token };
    if (success(data) !== true) return;
    for (const field of fields) field.disabled = true;
    HTMLFormElement.prototype.submit.call(form);
  }

  function listen(event) {
    if (!event.target.hasAttribute('data-pagarmecheckout-form')) return;
    event.preventDefault();
    void tokenize(event.target);
  }

  window.PagarmeCheckout = {
    init(success, fail) {
      callbacks = { success, fail };
      if (!isListening) document.addEventListener('submit', listen);
      isListening = true;
    },
  };
})();
`;

/**
 * Of https://3ds-nx-js.stone.com.br/test/v2/3ds2.min.js. TDS.init({token,
 * tds_method_container_element, challenge_container_element, challenge_window_size}, order)
 * resolves to a list with {trans_status, tds_server_trans_id, challenge_canceled} for each card.
 */
export const challengeScript = `'use strict';
(() => {
  const { origin } = new URL(document.currentScript.src);
  const sizes = {
    '01': ['250px', '400px'],
    '02': ['390px', '400px'],
    '03': ['500px', '600px'],
    '04': ['600px', '400px'],
    '05': ['100%', '100%'],
  };

  async function begin(token, order) {
    const response = await fetch(origin + '/3ds/v2/authentications', {
      method: 'POST',
      headers: { authorization: 'Bearer ' + token, 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.message), answer);
    return answer;
  }

  function frameOf(url, size) {
    const frame = document.createElement('iframe');
    const [width, height] = sizes[size] ?? sizes['03'];
    frame.src = url;
    frame.title = 'Confirmação do banco';
    frame.style.cssText = 'border:0;max-width:100%;width:' + width + ';height:' + height;
    return frame;
  }

  function askBuyer(container, { challenge_url, tds_server_trans_id }, size) {
    return new Promise((resolve) => {
      const frame = frameOf(challenge_url, size);
      const hear = ({ origin: from, data }) => {
        if (from !== origin || data?.tds_server_trans_id !== tds_server_trans_id) return;
        window.removeEventListener('message', hear);
        frame.remove();
        resolve(data);
      };
      window.addEventListener('message', hear);
      container.replaceChildren(frame);
    });
  }

  window.TDS = {
    async init(options, order) {
      const { token, challenge_container_element, challenge_window_size } = options;
      const begun = await begin(token, order);
      const { tds_server_trans_id, trans_status } = begun;
      if (trans_status !== 'C') {
        return [{ tds_server_trans_id, trans_status, challenge_canceled: false }];
      }
      return [await askBuyer(challenge_container_element, begun, challenge_window_size)];
    },
  };
})();
`;
