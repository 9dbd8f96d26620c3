import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// Tags with a dash are elements of the browser, not components of Vue.
const isCustomElement = (tag) => tag.includes('-');

export default defineConfig({
  base: './',
  plugins: [vue({ template: { compilerOptions: { isCustomElement } } })],
});
