import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: 'dist',
    target: 'es2023',
    rolldownOptions: {
      // The contract's schemas run on the server alone: without this, zod travels to every wall.
      treeshake: {
        moduleSideEffects: [{ test: /contract\/src|\/zod\//, sideEffects: false }],
        manualPureFunctions: ['z'],
      },
    },
  },
  server: {
    proxy: { '/v1': server, '/socket.io': { target: server, ws: true } },
  },
});
