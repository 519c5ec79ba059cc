// Without the extensions that it would load beside: recording, surveys and their like.
import posthog from 'posthog-js/dist/module.slim'

posthog.init('key', {
  api_host: location.origin,
  autocapture: false,
  capture_pageview: false,
  capture_pageleave: false,
  disable_compression: true,
  advanced_disable_flags: true,
  // A browser without a window is a bot to it.
  opt_out_useragent_filter: true,
})
window.track = (name, properties) => posthog.capture(name, properties)
