# Asks the route of docs/minting.md in Rails: prints what it answers to each request of ARGV, as JSON. Its file begins with the program that mints.
require 'action_controller'
require 'json'
require 'rack/mock'

class ApplicationController < ActionController::Base
  def current_user = cookies[:sid] == '1' ? Struct.new(:id, :email).new(42, 'ada@example.com') : nil
end

eval(File.read(ARGV[0]), TOPLEVEL_BINDING)
routes = ActionDispatch::Routing::RouteSet.new
routes.draw { eval(ARGV[2]) }

answers = JSON.parse(ARGV[1]).map do |headers|
  env = headers.to_h { |name, value| ["HTTP_#{name.upcase.tr('-', '_')}", value] }
  answer = Rack::MockRequest.new(routes).get('/session-token', env)
  { status: answer.status, cacheControl: answer.headers['Cache-Control'], body: answer.body }
end
puts JSON.generate(answers)
