import '@fontsource-variable/inter/opsz.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/tile.css';
import { SCREEN, SIGN_IN } from '@room/contract';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { createWebHistory } from 'vue-router';
import App from './app/App.vue';
import { reloadLostPages } from './app/reload.ts';
import { roomRouter } from './app/router.ts';
import { loadReference } from './stores/catalogue.ts';
import { useRoom } from './stores/room.ts';

const FONTS_WITHIN = 3_000;

const pinia = createPinia();
/** Where one says who one is there is nothing of the room yet: the way out loads anew. */
const isPlain = location.pathname === SIGN_IN || location.pathname === SCREEN;
// First of all: numbers come while fonts and outlines do.
if (!isPlain) useRoom(pinia).open();

/** Canvases measure text when they draw it: the font has to be there first, but not at any price. */
const fonts = Promise.race([
  Promise.all([400, 600].map((weight) => document.fonts.load(`${weight} 31px 'Inter Variable'`, 'Thứ 0Ễ'))),
  new Promise((resolve) => setTimeout(resolve, FONTS_WITHIN)),
]);

const router = roomRouter(createWebHistory());
reloadLostPages(router);
createApp(App, { reference: isPlain ? new Promise<never>(() => {}) : loadReference(), fonts })
  .use(pinia)
  .use(router)
  .mount('#room');
