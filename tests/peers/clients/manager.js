// A manager program with the npm package asterisk-manager: what a web callback does.
//
//     node manager.js PORT DESTINATION
//
// Calls DESTINATION, sees that the two talk, and waits until the call is over.
const port = Number(process.argv[2]);
const destination = process.argv[3];
const manager = require('asterisk-manager')(port, '127.0.0.1', 'program', 'program-secret', true);
const seen = [];

function fail(why) {
    console.log(`${why}: ${JSON.stringify(seen)}`);
    process.exit(1);
}

setTimeout(() => fail('it took too long'), 60000);

manager.on('managerevent', (event) => {
    seen.push(event.event);
    if (event.event === 'BridgeEnter' && Number(event.bridgenumchannels) === 2) {
        console.log('talks');
    }
    if (event.event === 'Hangup' && seen.includes('BridgeLeave') && seen.includes('OriginateResponse')) {
        console.log(`over ${event['cause-txt']}`);
        process.exit(0);
    }
});

manager.action(
    {
        action: 'originate',
        channel: destination,
        context: 'internal',
        exten: '500',
        priority: 1,
        variable: { COLOR: 'blue', SIZE: 'small' },
        async: true,
    },
    (error, response) => {
        if (error) {
            fail(`originate: ${JSON.stringify(error)}`);
        }
        console.log(response.message);
    },
);
