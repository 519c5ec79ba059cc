import { Component, inject } from '@angular/core'
import { TrackService } from '@trackline/snippet/angular'

@Component({
  selector: 'app-root',
  template: `
    <button (click)="tracker.track('login', { method: 'sso' })">Sign in</button>
    <button (click)="tracker.reset()">Sign out</button>
  `,
})
export class App {
  tracker = inject(TrackService)
}
