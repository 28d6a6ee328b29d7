<?php
// A shop that tells every string and number PHP can read in a request: one line each, place and text in base64.
// It decodes what shop code decodes: JSON, XML, forms, base64, entities and escapes, each inside the other.
error_reporting(0);
libxml_use_internal_errors(true);

$told = [];

function tell(string $place, string $text): void {
    global $told;
    $line = base64_encode($place) . ' ' . base64_encode($text) . "\n";
    if (isset($told[$line]) || count($told) > 20000) return;
    $told[$line] = true;
    echo $line;
}

function walk(string $place, $value, int $depth): void {
    if (is_array($value) || is_object($value)) {
        foreach ($value as $name => $inner) {
            read("$place#", (string)$name, $depth - 1);
            walk("$place/$name", $inner, $depth);
        }
    } elseif (is_float($value)) {
        tell($place, number_format($value, 0, '', ''));
        tell($place, (string)$value);
    } elseif (is_string($value)) {
        read($place, $value, $depth);
    } elseif (is_int($value)) {
        tell($place, (string)$value);
    }
}

function read(string $place, string $text, int $depth): void {
    tell($place, $text);
    if ($depth <= 0 || strlen($text) < 12) return;
    foreach (decoded($text) as $how => $inner) {
        if (is_string($inner)) { if ($inner !== '' && $inner !== $text) read("$place|$how", $inner, $depth - 1); }
        elseif ($inner !== null) walk("$place|$how", $inner, $depth - 1);
    }
}

function decoded(string $text): array {
    $all = [];
    if (strpbrk($text, '%+')) $all['url'] = urldecode($text);
    if (strpos($text, '&') !== false) $all['html'] = html_entity_decode($text, ENT_QUOTES | ENT_HTML5, 'UTF-8');
    if (strpos($text, '\\') !== false) $all['escapes'] = json_decode('"' . $text . '"');
    if (strpbrk($text, '{["')) $all['json'] = json_decode($text, true);
    if (preg_match('#^[A-Za-z0-9+/_\s-]{14,}={0,2}\s*$#', $text)) $all['base64'] = base64_decode(strtr($text, '-_', '+/'));
    if (preg_match('#^data:[^,]*;base64,(.*)$#s', $text, $m)) $all['uri'] = base64_decode($m[1]);
    if (strncmp($text, "\x1f\x8b", 2) === 0) $all['gzip'] = gzdecode($text) ?: '';
    if (strpos($text, "\0") !== false) $all['wide'] = mb_convert_encoding($text, 'UTF-8', 'UTF-16');
    if (strpos($text, "\0") !== false) $all['widele'] = mb_convert_encoding($text, 'UTF-8', 'UTF-16LE');
    $query = strpos($text, '?') !== false ? substr($text, strpos($text, '?') + 1) : $text;
    if (strpos($query, '=') !== false && strpos($text, '<') === false) parse_str($query, $all['form']);
    if (preg_match('/^\s*(\xEF\xBB\xBF)?</', $text)) {
        $all['xml'] = tree($text);
        $all['text'] = html_entity_decode(strip_tags($text), ENT_QUOTES | ENT_HTML5, 'UTF-8');
    }
    return $all;
}

function tree(string $text): array {
    $xml = simplexml_load_string($text, 'SimpleXMLElement', LIBXML_NOENT | LIBXML_NONET);
    return $xml === false ? [] : branch($xml);
}

function branch(SimpleXMLElement $element): array {
    $all = ['.name' => $element->getName(), '.text' => (string)$element, '.dom' => dom_import_simplexml($element)->textContent];
    foreach ($element->attributes() as $name => $value) $all["@$name"] = (string)$value;
    $n = 0;
    foreach ($element->children() as $name => $child) $all["$name." . $n++] = branch($child);
    return $all;
}

$body = file_get_contents('php://input');
tell('method', $_SERVER['REQUEST_METHOD']);
read('target', $_SERVER['REQUEST_URI'], 1);
read('path', rawurldecode(explode('?', $_SERVER['REQUEST_URI'])[0]), 2);
walk('query', $_GET, 3);
walk('post', $_POST, 3);
walk('cookie', $_COOKIE, 3);
foreach (getallheaders() as $name => $value) {
    tell('header#', strtolower($name));
    read('header:' . strtolower($name), $value, 2);
}
foreach ($_FILES as $name => $file) {
    walk("file:$name", array_diff_key($file, ['tmp_name' => 1]), 2);
    foreach ((array)$file['tmp_name'] as $at) {
        if (is_string($at) && is_file($at)) read("file:$name/content", file_get_contents($at), 3);
    }
}
read('body', $body, 3);
