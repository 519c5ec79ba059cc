import { trackPlugin } from '@trackline/snippet/vue'
import { createApp } from 'vue'
import App from './App.vue'
import { tracker } from './tracker.ts'

createApp(App).use(trackPlugin, tracker).mount('#root')
