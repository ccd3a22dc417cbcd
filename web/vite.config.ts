import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';
import { compressed, named } from './build.ts';

const server = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [vue(), named(), compressed()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: 'dist',
    target: 'es2023',
    // Whoever runs that target loads ahead by itself.
    modulePreload: { polyfill: false },
    // ECharts is most of it, and a wall loads it once.
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Small parts that a wall and pages share: each alone would be a request of its own, and compress badly.
          groups: [
            {
              name: 'shared',
              test: /\/web\/src\/(tiles\/(MarkIcon|SimulatedTag)|app\/(spoken|ProofLink|proving)|charts\/(look|hatch)|messages\/connection)|\/contract\/src\/(measures|sums|dimensions|horizons|day-types|standings)\./,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: { '/v1': server, '/socket.io': { target: server, ws: true } },
  },
});
