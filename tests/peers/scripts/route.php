<?php
// Decides what becomes of a call by a line `STATE|HOW|WHOM` of the file that stands for the middleware: 2 to connect
// (to one, or to all at once), 1 to wait, anything else to be sent away.

set_time_limit(60);
ob_implicit_flush(false);

$env = [];
while (($line = trim(fgets(STDIN))) !== '') {
    [$name, $value] = explode(': ', $line, 2) + [1 => ''];
    $env[$name] = $value;
}

function say(string $command): array
{
    fwrite(STDOUT, $command . "\n");
    fflush(STDOUT);
    $answer = trim(fgets(STDIN));
    if (!preg_match('/^200 result=(-?\d+)(?: \((.*)\))?/', $answer, $parts)) {
        fwrite(STDERR, "$command: $answer\n");
        exit(1);
    }
    return $parts;
}

[, $number, $is_group, $caller] = $argv;
[$state, $how, $whom] = explode('|', trim(file_get_contents(__DIR__ . "/rule-$number")));

say('ANSWER');
say("DATABASE PUT route $number \"$caller via {$env['agi_channel']} group=$is_group\"");
if ($state === '2') {
    say('EXEC Set CHANNEL(language)=en');
    say('STREAM FILE beep "#"');
    if ($how === '1') {
        say("EXEC Dial $whom,20");
    } else {
        say("SAY PHONETIC 21 \"1234567890*#\"");
        say("EXEC Dial \"$whom\" ");
    }
    $status = say('GET VARIABLE DIALSTATUS')[2] ?? '';
    say("DATABASE PUT route status $status");
} elseif ($state === '1') {
    say('EXEC Goto "waiting|w|1"');
} else {
    say('EXEC Goto waiting,r,1');
}
