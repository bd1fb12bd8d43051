// All modules of a page, in the order in which they add their event listeners.
import './drafts.js';
import './menus.js';
import './keyboard.js';
import './times.js';
import './toasts.js';
import './dialogs.js';
import './forms.js';
import './clicks.js';
import './parts.js';
import './lists.js';
import './place.js';
import './charts.js';
import './live.js';
