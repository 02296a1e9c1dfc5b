export { gitFile, lfsContent, lfsFile, startHubServer, type Content, type HubServer } from './hub-server.js';
