/** Says why the server lets this page have no socket, until it does. Loaded when that happens: a wall is no larger for it. */
import { createApp, h, shallowRef } from 'vue';
import { addMessages } from '../i18n/index.ts';
import { refused as words } from '../i18n/refused.ts';
import { type RefusedSocket as Refused, refusedSocketIn } from '../messages/refused-socket.ts';
import RefusedSocket from './RefusedSocket.vue';

addMessages(words);

const refused = shallowRef<Refused>();
let isShown = false;

/** `error` is what the try to connect ended with, `heard` is called with whoever is to be told that one succeeded. */
/** `answer` is what the server said to the try to connect; `heard` calls whom it is given once one succeeds. */
export function tellRefused(answer: string, heard: (over: () => void) => void): void {
  const isNew = refused.value === undefined;
  refused.value = refusedSocketIn(answer);
  if (isNew && refused.value !== undefined)
    heard(() => {
      refused.value = undefined;
    });
  if (isShown) return;
  isShown = true;
  createApp({ render: () => h(RefusedSocket, { refused: refused.value }) }).mount(
    document.body.appendChild(document.createElement('div')),
  );
}
