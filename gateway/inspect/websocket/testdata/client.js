// A client of npm's ws: node client.js PATH-OF-WS URL. Prints what came back as one line of JSON.
const WebSocket = require(process.argv[2]);
const socket = new WebSocket(process.argv[3], { perMessageDeflate: true });
const seen = { extensions: null, messages: [], pongs: 0 };

socket.on('open', () => {
  seen.extensions = socket.extensions;
  socket.send('привет');
  socket.send('frag', { fin: false });
  socket.ping('between');
  socket.send('mented', { fin: true });
  socket.send(Buffer.alloc(70000, 7));
});
socket.on('pong', () => { seen.pongs++; });
socket.on('message', (data, binary) => {
  seen.messages.push(binary ? data.length : data.toString());
  if (seen.messages.length === 3) {
    socket.send('4111 1111 ', { fin: false });
    socket.send('1111 1111', { fin: true });
  }
});
socket.on('close', (code) => { console.log(JSON.stringify({ ...seen, code })); });
