import { LANGUAGES } from '@room/contract';
import { watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { THEMES } from '../palette.ts';
import { useView } from '../stores/view.ts';
import { oneOf } from './addresses.ts';

/** Where the address says a language or a theme, it says the chosen one; and going back to one that says another chooses that. */
export function useChoicesInAddress(): void {
  const view = useView();
  const route = useRoute();
  const router = useRouter();

  watch(
    () => ({ lang: view.language, theme: view.theme }),
    (chosen) => {
      const said = Object.entries(chosen).filter(([name]) => oneOf(route.query, name) !== undefined);
      if (said.some(([name, value]) => oneOf(route.query, name) !== value))
        void router.replace({ query: { ...route.query, ...Object.fromEntries(said) } });
    },
  );
  watch(
    () => route.query,
    (query) => {
      view.language = LANGUAGES.find((one) => one === oneOf(query, 'lang')) ?? view.language;
      view.theme = THEMES.find((one) => one === oneOf(query, 'theme')) ?? view.theme;
    },
  );
}
