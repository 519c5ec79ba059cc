<?php
// Asks the route of docs/minting.md in Laravel: prints what it answers to each request of argv, as JSON. Its file begins with the program that mints.
require 'Illuminate/autoload.php';

use Illuminate\Config\Repository;
use Illuminate\Filesystem\FilesystemServiceProvider;
use Illuminate\Foundation\Application;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Facade;
use Illuminate\View\ViewServiceProvider;

$app = new Application(sys_get_temp_dir());
$app->instance('config', new Repository(['view' => ['paths' => [], 'compiled' => sys_get_temp_dir()]]));
foreach ([FilesystemServiceProvider::class, ViewServiceProvider::class] as $provider) $app->register($provider);
Facade::setFacadeApplication($app);
require $argv[1];

echo json_encode(array_map(function (array $headers) use ($app) {
    $request = Request::create('/session-token');
    foreach ($headers as $name => $value) $request->headers->set($name, $value);
    $isAda = ($headers['cookie'] ?? '') === 'sid=1';
    $request->setUserResolver(fn () => $isAda ? (object) ['id' => 42, 'email' => 'ada@example.com'] : null);
    $app->instance('request', $request);
    $answer = $app['router']->dispatch($request);
    return ['status' => $answer->getStatusCode(), 'cacheControl' => $answer->headers->get('cache-control'), 'body' => $answer->getContent()];
}, json_decode($argv[2], true)));
