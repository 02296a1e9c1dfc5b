export { gitFile, lfsFile, startHubServer, type Content, type HubServer } from './hub-server.js';
