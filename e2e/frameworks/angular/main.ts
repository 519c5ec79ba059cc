import { bootstrapApplication } from '@angular/platform-browser'
import { provideTracker } from '@trackline/snippet/angular'
import { App } from './app'
import { tracker } from './tracker'

bootstrapApplication(App, { providers: [provideTracker(tracker)] })
