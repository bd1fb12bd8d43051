package com.uberpopug.ates.auth.oidc;

import com.uberpopug.ates.platform.web.security.AllowedToUsers;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * The pages of the device flow, by which people sign in at a command line on any machine: the code is entered or comes
 * with the link, and is compared before the sign-in is allowed. Spring Authorization Server handles both forms.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8628#section-3.3">RFC 8628, User Interaction</a>
 */
@Controller
public class DevicePage {

    /** Where a person enters the code. */
    public static final String PATH = "/device";
    /** Where a person compares the code, and allows the sign-in or not. */
    public static final String CONSENT = "/device/consent";
    public static final String ALLOWED = "/device?allowed";
    public static final String DENIED = "/device?denied";
    public static final String UNKNOWN = "/device?unknown";

    private static final Pattern CODE = Pattern.compile("[A-Z]{4}-[A-Z]{4}");
    private static final int MAX_STATE = 100;

    @GetMapping(PATH)
    @AllowedToUsers
    String code(@RequestParam(name = "user_code", required = false) @Nullable String code, Model model) {
        model.addAttribute("code", isCode(code) ? code : "");
        return "device";
    }

    @GetMapping(CONSENT)
    @AllowedToUsers
    String consent(@RequestParam(name = "user_code", required = false) @Nullable String code,
            @RequestParam(required = false) @Nullable String state, Model model) {
        if (!isCode(code) || state == null || state.isBlank() || state.length() > MAX_STATE) {
            return "redirect:" + UNKNOWN;
        }
        model.addAttribute("code", code).addAttribute("state", state)
                .addAttribute("client", ClientRegistrations.COMMAND_LINE)
                .addAttribute("scope", ClientRegistrations.COMMAND_LINE_SCOPE);
        return "device-consent";
    }

    private static boolean isCode(@Nullable String code) {
        return code != null && CODE.matcher(code).matches();
    }
}
