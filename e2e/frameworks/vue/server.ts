import { trackPlugin } from '@trackline/snippet/vue'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import App from './App.vue'
import { tracker } from './tracker.ts'

const html = await renderToString(createSSRApp(App).use(trackPlugin, tracker))
console.log(html, await tracker.track('logout'))
