#!/bin/sh
# Plans in the current directory, reports the spend gates that this very plan has
# read, and succeeds only if the plan did and each of them has passed.
#
#   sh spend-gate.sh <where> [arguments for terraform plan]
#
# Needs terraform or tofu, jq 1.6 or later, curl, and report.jq beside this file.
#
# <where> is the place for the report. The log has it in any case.
#
#   github        one comment on the pull request, and the summary of the job
#   gitlab        one note on the merge request
#   azure-devops  one thread on the pull request
#   bitbucket     one comment on the pull request
#   atlantis      the output, as text for the comment that Atlantis writes
#   none          the log only
#
# A later run updates the comment. It is found by a hidden line, which names the
# pipeline, the directory and the workspace; comments of others are left alone.
#
# What can be set, in the environment:
#
#   SPEND_GATE_NAME       tells apart the comments of several runs of one job in one
#                         directory, such as those of a matrix
#   SPEND_GATE_FAIL_ON    failed (default): a gate that has failed fails this run, with or
#                         without a postcondition. warned: warnings do, too. error: only
#                         a plan that has failed, or has not read its gates, does
#   SPEND_GATE_TERRAFORM  the command, where it is neither terraform nor tofu
#   PLANFILE              where the plan goes, plan.tfplan by default. A run that fails
#                         leaves none, so that nothing can apply it
#   SLACK_WEBHOOK_URL     an incoming webhook of Slack, and
#   TEAMS_WEBHOOK_URL     a webhook of a Teams workflow: get a message about a gate that
#                         has not simply passed, where there is no pull request
#
# Exit codes: 0 if all is well. That of terraform, if it was not 0 or 2; a killed plan
# ends with 137, say. Otherwise 1: a gate has failed, waits for the apply or was not
# read, there is none, or all is well but the report could not be posted. That it could
# not be posted changes no other exit code.
set -u
umask 077

say() { printf 'spend-gate: %s\n' "$*" >&2; }

forge=${1-}
case $forge in
github | gitlab | azure-devops | bitbucket | atlantis | none) shift ;;
*)
	say 'the first argument must be github, gitlab, azure-devops, bitbucket, atlantis or none'
	exit 1
	;;
esac
fail_on=${SPEND_GATE_FAIL_ON:-failed}
case $fail_on in
failed | warned | error) ;;
*)
	say 'SPEND_GATE_FAIL_ON must be failed, warned or error'
	exit 1
	;;
esac
terraform=${SPEND_GATE_TERRAFORM:-terraform}
[ -n "${SPEND_GATE_TERRAFORM-}" ] || command -v terraform >/dev/null || terraform=tofu
for command in "$terraform" jq curl; do
	command -v "$command" >/dev/null || {
		say "$command is not on the PATH"
		exit 1
	}
done
here=$(dirname -- "$0")
plan=${PLANFILE:-plan.tfplan}

result=1 work=
trap '[ "$result" = 0 ] || rm -f "$plan"; [ -z "$work" ] || rm -rf "$work"' EXIT
trap 'result=1; exit 129' HUP
trap 'result=1; exit 130' INT
trap 'result=1; exit 143' TERM
work=$(mktemp -d) || exit 1

# Customers choose their names: nothing in a log may be a command to the runner, such
# as ##vso[...] or ::error::, nor an escape sequence. The second time is for a third
# mark, as in ###vso[...].
for_log() { LC_ALL=C tr -d '\000-\010\013-\037' | LC_ALL=C sed 's/##/# #/g; s/##/# #/g; s/::/: :/g; s/::/: :/g'; }

# --- Plan ---

make_plan() {
	if [ "$forge" != atlantis ]; then # There, init is a step of its own.
		"$terraform" init -input=false || return
	fi
	# The last -out counts.
	"$terraform" plan -input=false -detailed-exitcode "$@" -out="$plan"
}

rm -f "$plan" # of an earlier run, on a runner that keeps its files
if [ -e "$plan" ]; then
	say "$plan is in the way, and could not be removed"
	exit 1
fi
code=0
if [ "$forge" = atlantis ]; then # The comment begins with the verdict.
	make_plan "$@" >"$work/log" 2>&1 || code=$?
else
	make_plan "$@" || code=$?
fi

# --- Verdict ---

# A plan that has failed is read too: it says why. A crash may also end with 2, but
# leaves no plan.
judge() {
	jq --arg code "$code" --arg fail_on "$fail_on" -f "$here/report.jq" "$1" >"$work/verdict.json" &&
		jq -es 'length == 1 and (.[0].fails | type) == "boolean"' "$work/verdict.json" >/dev/null
}
echo null >"$work/null.json"
if ! { [ -s "$plan" ] && "$terraform" show -json "$plan" >"$work/plan.json" && judge "$work/plan.json"; } && ! judge "$work/null.json"; then
	say "the plan could not be judged: is report.jq beside $0?"
	exit 1
fi
status=$(jq -r .status "$work/verdict.json")
case $code in
0 | 2) [ "$(jq -r .fails "$work/verdict.json")" != false ] || result=0 ;;
*) result=$code ;;
esac

# --- Report ---

# as_comment LIMIT CHART writes the report to $work/comment, as a string of JSON, with the
# chart or without. With the marker and the link it has at most so many bytes, which is
# the strictest way to count: it is cut after a line.
as_comment() {
	jq --arg marker "$marker" --arg link "$link" --argjson limit "$1" --argjson chart "$2" '
		def close_fence:
			([range(length) as $i | select(.[$i] | startswith("```")) | $i]) as $fences
			| if $fences | length % 2 == 1 then .[:$fences[-1]] else . end;
		(if $link == "" then "" else "\n[The log of this run](\($link))\n" end) as $last
		| ($marker | if . == "" then . else . + "\n\n" end) as $start
		| "\n**The rest is cut off: it is too long for a comment.** The log has all of it.\n" as $cut
		| ($limit - ($start + $last + $cut | utf8bytelength)) as $room
		| .markdown
		| if $chart then . else gsub("```mermaid\n[^`]*```\n"; "") end
		| if utf8bytelength <= $room then .
			else split("\n") as $lines
				| ([foreach $lines[] as $line (0; . + ($line | utf8bytelength) + 1)] | map(select(. <= $room)) | length) as $kept
				| ($lines[:$kept] | close_fence | join("\n")) + "\n" + $cut
			end
		| $start + . + $last
	' "$work/verdict.json" >"$work/comment"
}

# request METHOD ADDRESS [FILE] sends a file, or nothing, and leaves the response in
# $work/response. An ADDRESS of "env NAME" is a secret. Secrets go from the environment
# through a pipe: no command line has them, and no log, with set -x neither.
request() {
	retry=3
	[ "$1" != POST ] || retry=0 # A second comment would be worse than none.
	http=$(jq -nr --arg method "$1" --arg address "$2" --arg file "${3-}" --arg header "$header" --arg token "$token" '
		def secret: (env[.] // "") | gsub("[\r\n]"; "");
		"request = \($method | tojson)",
		"url = \($address | if startswith("env ") then .[4:] | secret else . end | tojson)",
		if $token == "" then empty else "header = \($header + ($token | secret) | tojson)" end,
		"header = \"Accept: application/json\"",
		if $file == "" then empty else "header = \"Content-Type: application/json\"", "data-binary = \("@" + $file | tojson)" end
	' | curl --silent --show-error --globoff --max-time 60 --retry "$retry" --output "$work/response" --write-out '%{http_code}' --config -) || http=none
	case $http in
	200 | 201 | 202 | 204)
		[ "$1" != GET ] || jq -es 'length == 1' "$work/response" >/dev/null && return 0
		say "$1 ${2%%\?*}: the response is not JSON"
		return 1
		;;
	esac
	say "$1 ${2%%\?*}: HTTP status $http"
	# Azure DevOps answers 203, and others send away to a page, where a sign-in is missing.
	case $http in
	[34]?? | 203) say "does the token have the permission that the head of the pipeline's file names?" ;;
	esac
	[ "$http" = none ] || { head -c 400 "$work/response" 2>/dev/null | for_log; echo; } >&2
	return 1
}

# need fails unless all these variables are set. Secrets are not expanded.
need() {
	for name; do
		eval "[ -n \"\${$name:+set}\" ]" || {
			say "$name is not set, so that the report cannot be posted"
			return 1
		}
	done
}

response() { jq -r --arg marker "$marker" "$@" "$work/response"; }

# With the newline that follows: one marker may begin with another.
mine='(. // "" | gsub("\r"; "") | . == $marker or startswith($marker + "\n"))'

github() {
	need GITHUB_TOKEN GITHUB_API_URL GITHUB_REPOSITORY || return
	token=GITHUB_TOKEN
	issues=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
	as_comment 65536 true && jq '{body: .}' "$work/comment" >"$work/body" || return
	page=1
	while [ "$page" -le 100 ]; do
		request GET "$issues/$number/comments?per_page=100&page=$page" || return
		comment=$(response "[.[] | select(.user.login == \"github-actions[bot]\" and (.body | $mine)) | .id] | first // empty") || return
		[ -z "$comment" ] || break
		[ "$(response 'arrays | length')" != 0 ] || break
		page=$((page + 1))
	done
	[ "$page" -le 100 ] || return
	if [ -n "$comment" ]; then
		request PATCH "$issues/comments/$comment" "$work/body"
	else
		request POST "$issues/$number/comments" "$work/body"
	fi
}

gitlab() {
	need GITLAB_TOKEN CI_API_V4_URL CI_MERGE_REQUEST_PROJECT_ID || return
	token=GITLAB_TOKEN header='PRIVATE-TOKEN: '
	notes=$CI_API_V4_URL/projects/$CI_MERGE_REQUEST_PROJECT_ID/merge_requests/$number/notes
	as_comment 1000000 true && jq '{body: .}' "$work/comment" >"$work/body" || return
	request GET "$CI_API_V4_URL/user" || return
	user=$(response '.id | numbers') && [ -n "$user" ] || return
	page=1
	while [ "$page" -le 100 ]; do
		request GET "$notes?per_page=100&page=$page" || return
		comment=$(response --argjson user "$user" "[.[] | select(.author.id == \$user and .system != true and (.body | $mine)) | .id] | first // empty") || return
		[ -z "$comment" ] || break
		[ "$(response 'arrays | length')" != 0 ] || break
		page=$((page + 1))
	done
	[ "$page" -le 100 ] || return
	if [ -n "$comment" ]; then
		request PUT "$notes/$comment" "$work/body"
	else
		request POST "$notes" "$work/body"
	fi
}

azure_devops() {
	need SYSTEM_ACCESSTOKEN SYSTEM_COLLECTIONURI SYSTEM_TEAMPROJECTID BUILD_REPOSITORY_ID || return
	token=SYSTEM_ACCESSTOKEN
	if [ "${BUILD_REPOSITORY_PROVIDER-}" != TfsGit ]; then
		say 'the repository is not in Azure Repos, so that the report cannot be posted there'
		return 1
	fi
	threads=$SYSTEM_COLLECTIONURI$SYSTEM_TEAMPROJECTID/_apis/git/repositories/$BUILD_REPOSITORY_ID/pullRequests/$number/threads
	version=api-version=7.1
	# A branch policy may ask for all threads to be closed.
	state=closed
	[ "$result" = 0 ] || state=active
	as_comment 150000 false || return
	request GET "${SYSTEM_COLLECTIONURI}_apis/connectionData?$version-preview" || return
	user=$(response '.authenticatedUser.id | strings') && [ -n "$user" ] || return
	request GET "$threads?$version" || return
	found=$(response --arg user "$user" "[.value[] | select(.isDeleted != true and (.comments[0] | .isDeleted != true and .author.id == \$user and (.content | $mine)))
		| \"\(.id)/comments/\(.comments[0].id)\"] | first // empty") || return
	if [ -n "$found" ]; then
		jq '{content: .}' "$work/comment" >"$work/body" && request PATCH "$threads/$found?$version" "$work/body" || return
		jq -n --arg state "$state" '{status: $state}' >"$work/body" && request PATCH "$threads/${found%%/*}?$version" "$work/body"
	else
		jq --arg state "$state" '{comments: [{parentCommentId: 0, commentType: "text", content: .}], status: $state}' "$work/comment" >"$work/body" &&
			request POST "$threads?$version" "$work/body"
	fi
}

bitbucket() {
	need BITBUCKET_TOKEN BITBUCKET_REPO_FULL_NAME || return
	token=BITBUCKET_TOKEN
	api=${BITBUCKET_API_URL:-https://api.bitbucket.org/2.0}
	comments=$api/repositories/$BITBUCKET_REPO_FULL_NAME/pullrequests/$number/comments
	as_comment 32768 false && jq '{content: {raw: .}}' "$work/comment" >"$work/body" || return
	next=$comments?pagelen=100
	page=1
	while [ -n "$next" ]; do
		[ "$page" -le 100 ] && request GET "$next" || return
		page=$((page + 1))
		found=$(response ".values[] | select(.deleted != true and (.content.raw | $mine)) | .id") || return
		next=$(response '.next // empty') || return
		# A repository's token has no account whose id it could ask for. But it may only
		# change what it wrote.
		for comment in $found; do
			request PUT "$comments/$comment" "$work/body" && return
			[ "$http" = 403 ] || return 1
			say "comment $comment is somebody else's"
		done
		case $next in
		'' | "$api"/*) ;;
		*)
			say 'the next page of comments is somewhere else'
			return 1
			;;
		esac
	done
	request POST "$comments" "$work/body"
}

message() {
	jq --arg where "$1" --arg link "$link" '
		"Spend gate \({passed: "passed", warned: "passed with warnings", failed: "failed"}[.status])" as $title
		| (.summary | if . == "" then $title else .[:2900] end) as $text
		| if $where == "slack" then {
				text: $title,
				blocks: [
					{type: "header", text: {type: "plain_text", text: $title}},
					{type: "section", text: {type: "plain_text", text: $text}},
					(if $link == "" then empty else {type: "context", elements: [{type: "mrkdwn", text: "<\($link | gsub("[<>|]"; ""))|The log of this run>"}]} end)
				]
			}
			else {
				type: "message",
				attachments: [{
					contentType: "application/vnd.microsoft.card.adaptive",
					content: ({
						"$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
						type: "AdaptiveCard",
						version: "1.4",
						body: [
							{type: "TextBlock", text: $title, size: "Large", weight: "Bolder", wrap: true},
							# A TextRun, unlike a TextBlock, is not Markdown.
							{type: "RichTextBlock", inlines: [{type: "TextRun", text: $text}]}
						]
					} + if $link == "" then {} else {actions: [{type: "Action.OpenUrl", title: "The log of this run", url: $link}]} end)
				}]
			}
			end
	' "$work/verdict.json" >"$work/body"
}

post() {
	token='' header='Authorization: Bearer '
	if [ -n "$number" ]; then
		case $forge in
		azure-devops) azure_devops ;;
		*) "$forge" ;;
		esac
		return
	fi
	say 'there is no pull request to comment on'
	[ "$status" != passed ] || return 0
	posted=0
	if [ -n "${SLACK_WEBHOOK_URL:+set}" ]; then
		message slack && request POST 'env SLACK_WEBHOOK_URL' "$work/body" || posted=1
	fi
	if [ -n "${TEAMS_WEBHOOK_URL:+set}" ]; then
		message teams && request POST 'env TEAMS_WEBHOOK_URL' "$work/body" || posted=1
	fi
	return "$posted"
}

# Of the pull request its number, of this run the address of the log, and of the
# pipeline what stays the same from one run to the next.
number='' link='' pipeline='' root=''
case $forge in
github)
	case ${GITHUB_REF-} in
	refs/pull/*/merge) number=${GITHUB_REF#refs/pull/} number=${number%/merge} ;;
	esac
	link=${GITHUB_SERVER_URL-}/${GITHUB_REPOSITORY-}/actions/runs/${GITHUB_RUN_ID-}
	pipeline=${GITHUB_WORKFLOW-}/${GITHUB_JOB-} root=${GITHUB_WORKSPACE-}
	;;
gitlab)
	number=${CI_MERGE_REQUEST_IID-} link=${CI_JOB_URL-}
	pipeline=${CI_JOB_NAME-} root=${CI_PROJECT_DIR-}
	;;
azure-devops)
	number=${SYSTEM_PULLREQUEST_PULLREQUESTID-}
	link=${SYSTEM_COLLECTIONURI-}${SYSTEM_TEAMPROJECTID-}/_build/results?buildId=${BUILD_BUILDID-}
	pipeline=${BUILD_DEFINITIONNAME-}/${SYSTEM_JOBNAME-} root=${BUILD_SOURCESDIRECTORY-}
	;;
bitbucket)
	number=${BITBUCKET_PR_ID-} root=${BITBUCKET_CLONE_DIR-}
	link=https://bitbucket.org/${BITBUCKET_REPO_FULL_NAME-}/pipelines/results/${BITBUCKET_BUILD_NUMBER-}
	;;
esac
# Also one that "terraform workspace select" has chosen.
workspace=$("$terraform" workspace show 2>/dev/null) || workspace=${TF_WORKSPACE-}
# A definition of a link, which all forges hide, and in base64, which nothing in a name
# can end early.
marker="[//]: # (spend-gate $(jq -nr --arg pipeline "$pipeline" --arg directory "${PWD#"$root"}" --arg workspace "$workspace" --arg name "${SPEND_GATE_NAME-}" \
	'[$pipeline, $directory, $workspace, $name] | tojson | @base64'))"

if [ "$forge" = atlantis ]; then
	# In a block of code, which a chart would end.
	marker=
	as_comment 1000000 false
	jq -r . "$work/comment" | for_log
	printf '\n'
	cat "$work/log"
else
	printf '\n'
	jq -r .markdown "$work/verdict.json" | for_log
	if [ "$forge" = github ] && [ -n "${GITHUB_STEP_SUMMARY-}" ]; then
		as_comment 1000000 true && jq -r . "$work/comment" >>"$GITHUB_STEP_SUMMARY"
	fi
	if [ "$forge" != none ] && ! post; then
		if [ "$result" = 0 ]; then
			say 'the plan is fine, but its report could not be posted: this run fails'
			result=1
		else
			say 'the report could not be posted'
		fi
	fi
fi

exit "$result"
