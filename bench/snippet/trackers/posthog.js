import posthog from 'posthog-js'

posthog.init('key', {
  api_host: location.origin,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  disable_session_recording: true,
  disable_surveys: true,
  disable_compression: true,
  advanced_disable_flags: true,
})
window.track = (name, properties) => posthog.capture(name, properties)
