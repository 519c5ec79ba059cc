import { TrackProvider } from '@trackline/snippet/next'
import type { ReactNode } from 'react'

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <TrackProvider endpoint="https://t.example.com/v1/batch" session="/session-token">
          {children}
        </TrackProvider>
      </body>
    </html>
  )
}
