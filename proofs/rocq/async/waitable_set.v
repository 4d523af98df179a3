(* SPDX-License-Identifier: Apache-2.0 *)
(* Waitable sets and their events: who is in which set, what is pending in which order, who waits.

   Model              C (include/gale/async/waitable_set.h, src/async/waitable_set.c)
   OJoin              gale_waitable_set_join
   OLeave             gale_waitable_set_leave
   ODropWaitable      gale_waitable_set_drop_waitable
   OPost              gale_waitable_set_post
   OCancel            gale_waitable_set_cancel
   OPoll              gale_waitable_set_poll
   OWait s t          gale_waitable_set_wait by thread t, up to its return or its block
   OEndWait t         the wait of t ends otherwise: its deadline, gale_executor_cancel_wait, gale_executor_abort
   ODrop              gale_waitable_set_drop
   take, hand_over, announce, arrive    waitable_set_take, _hand_over, _announce, _arrive *)

From Coq Require Import List Arith Lia Bool.
From Gale Require Import trace.
Import ListNotations.

Inductive cancel_state := CNone | CNext | CSent.

Definition event := (nat * nat * nat)%type. (* type, waitable, payload *)

Record item := Item { in_set : option nat; pending : option (nat * nat); cancel : cancel_state }.

Record sets := Sets { items : nat -> item; fifo : nat -> list nat; waiting : nat -> list nat }.

Inductive status := Ok | EINVAL | EBUSY | EAGAIN | EALREADY | Blocked.

(* A delivery: from which set, to the caller (None) or a thread that waited, which event. *)
Definition delivery := (nat * option nat * event)%type.

(* discarded: events that a dropped waitable takes with it; arrived: (set, waitable) that became pending, in order. *)
Record out := Out { st : status; deliveries : list delivery; discarded : list event }.

Inductive op :=
| OJoin (s w : nat) | OLeave (w : nat) | ODropWaitable (w : nat) | OPost (w ty p : nat) | OCancel (w : nat)
| OPoll (s : nat) | OWait (s t : nat) | OEndWait (t : nat) | ODrop (s : nat).

Definition upd {A : Type} (f : nat -> A) (k : nat) (v : A) : nat -> A := fun x => if x =? k then v else f x.

Definition set_item (x : sets) (w : nat) (i : item) : sets := Sets (upd (items x) w i) (fifo x) (waiting x).
Definition set_fifo (x : sets) (s : nat) (l : list nat) : sets := Sets (items x) (upd (fifo x) s l) (waiting x).
Definition set_waiting (x : sets) (s : nat) (l : list nat) : sets := Sets (items x) (fifo x) (upd (waiting x) s l).

Definition CANCELLED := 6.
Definition is_next (c : cancel_state) : bool := match c with CNext => true | _ => false end.

Definition take (s : nat) (x : sets) : option (sets * event) :=
  match fifo x s with
  | [] => None
  | w :: rest =>
    let i := items x w in
    match pending i with
    | None => None
    | Some (ty, p) =>
      Some (if is_next (cancel i)
            then set_fifo (set_item x w (Item (in_set i) (Some (CANCELLED, 0)) CSent)) s (rest ++ [w])
            else set_fifo (set_item x w (Item (in_set i) None (cancel i))) s rest, (ty, w, p))
    end
  end.

Definition hand_over (s : nat) (x : sets) : sets * list delivery :=
  match waiting x s, take s x with
  | t :: ts, Some (x1, e) => (set_waiting x1 s ts, [(s, Some t, e)])
  | _, _ => (x, [])
  end.

Definition announce (s : nat) (x : sets) : sets * list delivery :=
  let (x1, d1) := hand_over s x in
  let (x2, d2) := hand_over s x1 in (x2, d1 ++ d2).

(* The waitable has this state from now on and, with its event, queues up in its set. *)
Definition arrive (w : nat) (i : item) (x : sets) : sets * list delivery :=
  match in_set i with
  | None => (set_item x w i, [])
  | Some s => announce s (set_fifo (set_item x w i) s (fifo x s ++ [w]))
  end.

Definition detach (w : nat) (x : sets) : sets :=
  match in_set (items x w) with
  | None => x
  | Some s => set_fifo (set_item x w (Item None (pending (items x w)) (cancel (items x w)))) s (remove Nat.eq_dec w (fifo x s))
  end.

Definition events_of (w : nat) (i : item) : list event :=
  match pending i with
  | None => []
  | Some (ty, p) => (ty, w, p) :: (if is_next (cancel i) then [(CANCELLED, w, 0)] else [])
  end.

Section Sized.
Variable count : nat.  (* Waitables of the pool. *)

Fixpoint members_below (n s : nat) (x : sets) : nat :=
  match n with
  | 0 => 0
  | S m => (match in_set (items x m) with Some s' => if s' =? s then 1 else 0 | None => 0 end) + members_below m s x
  end.

Definition step (x : sets) (o : op) : sets * out :=
  match o with
  | OJoin s w =>
    if negb (w <? count) then (x, Out EINVAL [] []) else
    match in_set (items x w) with
    | Some s' => if s' =? s then (x, Out Ok [] []) else
        let y := detach w x in
        let i := Item (Some s) (pending (items x w)) (cancel (items x w)) in
        match pending i with
        | None => (set_item y w i, Out Ok [] [])
        | Some _ => let (z, d) := arrive w i y in (z, Out Ok d [])
        end
    | None =>
        let i := Item (Some s) (pending (items x w)) (cancel (items x w)) in
        match pending i with
        | None => (set_item x w i, Out Ok [] [])
        | Some _ => let (z, d) := arrive w i x in (z, Out Ok d [])
        end
    end
  | OLeave w => if negb (w <? count) then (x, Out EINVAL [] []) else (detach w x, Out Ok [] [])
  | ODropWaitable w =>
    if negb (w <? count) then (x, Out EINVAL [] []) else
    (set_item (detach w x) w (Item None None CNone), Out Ok [] (events_of w (items x w)))
  | OPost w ty p =>
    if negb (w <? count) || (ty =? 0) || (CANCELLED <=? ty) then (x, Out EINVAL [] []) else
    match pending (items x w) with
    | Some _ => (x, Out EBUSY [] [])
    | None => let (y, d) := arrive w (Item (in_set (items x w)) (Some (ty, p)) (cancel (items x w))) x in (y, Out Ok d [])
    end
  | OCancel w =>
    if negb (w <? count) then (x, Out EINVAL [] []) else
    match cancel (items x w), pending (items x w) with
    | CNone, Some e => (set_item x w (Item (in_set (items x w)) (Some e) CNext), Out Ok [] [])
    | CNone, None => let (y, d) := arrive w (Item (in_set (items x w)) (Some (CANCELLED, 0)) CSent) x in (y, Out Ok d [])
    | _, _ => (x, Out EALREADY [] [])
    end
  | OPoll s =>
    match take s x with
    | None => (x, Out EAGAIN [] [])
    | Some (y, e) => let (z, d) := announce s y in (z, Out Ok ((s, None, e) :: d) [])
    end
  | OWait s t =>
    match take s x with
    | None => (set_waiting x s (waiting x s ++ [t]), Out Blocked [] [])
    | Some (y, e) => let (z, d) := announce s y in (z, Out Ok ((s, None, e) :: d) [])
    end
  | OEndWait t => (Sets (items x) (fifo x) (fun s => remove Nat.eq_dec t (waiting x s)), Out Ok [] [])
  | ODrop s => (x, Out (if (members_below count s x =? 0) && (match waiting x s with [] => true | _ => false end)
                        then Ok else EBUSY) [] [])
  end.

Definition init : sets := Sets (fun _ => Item None None CNone) (fun _ => []) (fun _ => []).

(* ---- the invariant ----------------------------------------------------------------------------------------- *)

Definition item_ok (i : item) : Prop :=
  match pending i, cancel i with
  | None, CNext => False
  | Some (ty, _), CSent => 1 <= ty <= CANCELLED
  | Some (ty, _), _ => 1 <= ty < CANCELLED
  | None, _ => True
  end.

(* A waitable is in the FIFO of exactly the set that it is in, once, and exactly while it has an event. *)
Definition sound (x : sets) : Prop :=
  (forall w, item_ok (items x w)) /\
  (forall s w, In w (fifo x s) <-> in_set (items x w) = Some s /\ pending (items x w) <> None) /\
  (forall s, NoDup (fifo x s)).

(* Nobody waits while an event is pending. *)
Definition served (x : sets) (s : nat) : Prop := waiting x s = [] \/ fifo x s = [].

Definition ok (x : sets) : Prop := sound x /\ forall s, served x s.

Lemma upd_same {A} (f : nat -> A) k v : upd f k v k = v.
Proof. unfold upd. now rewrite Nat.eqb_refl. Qed.
Lemma upd_other {A} (f : nat -> A) k v j : j <> k -> upd f k v j = f j.
Proof. unfold upd. intro H. apply Nat.eqb_neq in H. now rewrite H. Qed.

Ltac parts := repeat match goal with |- _ /\ _ => split end.

Ltac updates :=
  repeat match goal with
  | |- context [upd _ ?k _ ?j] => destruct (Nat.eq_dec j k); [subst; rewrite upd_same | rewrite (upd_other _ k _ j) by assumption]
  | H : context [upd _ ?k _ ?j] |- _ =>
      destruct (Nat.eq_dec j k); [subst; rewrite upd_same in H | rewrite (upd_other _ k _ j) in H by assumption]
  end.

Lemma NoDup_snoc (l : list nat) w : NoDup l -> ~ In w l -> NoDup (l ++ [w]).
Proof.
  intros H N. apply NoDup_rev in H. rewrite <- (rev_involutive (l ++ [w])). apply NoDup_rev.
  rewrite rev_app_distr. simpl. constructor; auto. now rewrite <- in_rev.
Qed.

Lemma NoDup_remove_all (l : list nat) w : NoDup l -> NoDup (remove Nat.eq_dec w l).
Proof.
  induction l as [| a l IH]; intro H; simpl; auto. inversion H; subst.
  destruct (Nat.eq_dec w a); auto. constructor; auto. intro I. apply in_remove in I. tauto.
Qed.

Lemma in_remove_iff (l : list nat) w v : In v (remove Nat.eq_dec w l) <-> In v l /\ v <> w.
Proof. split; [apply in_remove | intros [A B]; now apply in_in_remove]. Qed.

(* Taking: the oldest goes; what its waitable has left is its cancellation, if one was to follow. *)
Lemma take_spec s x : sound x ->
  match take s x with
  | None => fifo x s = []
  | Some (y, (ty, w, p)) =>
    sound y /\ waiting y = waiting x /\ (exists rest, fifo x s = w :: rest /\
      fifo y s = rest ++ (if is_next (cancel (items x w)) then [w] else [])) /\
    (forall s', s' <> s -> fifo y s' = fifo x s') /\
    pending (items x w) = Some (ty, p) /\ in_set (items x w) = Some s /\ 1 <= ty <= CANCELLED /\
    (forall v, in_set (items y v) = in_set (items x v)) /\
    (forall v, v <> w -> items y v = items x v) /\
    events_of w (items x w) = (ty, w, p) :: events_of w (items y w) /\
    (is_next (cancel (items x w)) = true -> cancel (items y w) = CSent) /\
    (is_next (cancel (items x w)) = false -> cancel (items y w) = cancel (items x w))
  end.
Proof.
  intros (I & F & N). unfold take. destruct (fifo x s) as [| w rest] eqn:E; auto.
  assert (A : In w (fifo x s)) by (rewrite E; now left). apply F in A as [A1 A2].
  destruct (pending (items x w)) as [[ty p] |] eqn:P; [| congruence].
  pose proof (I w) as Iw. unfold item_ok in Iw. rewrite P in Iw.
  pose proof (N s) as Ns. rewrite E in Ns. inversion Ns as [| ? ? N1 N2]; subst.
  assert (T : 1 <= ty <= CANCELLED) by (destruct (cancel (items x w)); unfold CANCELLED in *; lia).
  assert (R : forall v, In v rest -> v <> w /\ in_set (items x v) = Some s /\ pending (items x v) <> None).
  { intros v V. split; [congruence|]. apply (F s v). rewrite E. now right. }
  assert (R' : forall v, v <> w -> in_set (items x v) = Some s -> pending (items x v) <> None -> In v rest).
  { intros v V1 V2 V3. assert (H : In v (fifo x s)) by (apply F; auto). rewrite E in H. destruct H; congruence || auto. }
  destruct (is_next (cancel (items x w))) eqn:C.
  - destruct (cancel (items x w)) eqn:D; try discriminate.
    parts; simpl; auto; try solve [intros; updates; simpl; congruence]; try (clear - T; unfold CANCELLED in *; lia).
    + split; [intro v | split; [intros s0 v; split; [intro H | intros [H1 H2]] | intro s0]]; simpl in *.
      * updates; auto. unfold item_ok; simpl. unfold CANCELLED. lia.
      * updates; simpl; try (split; [reflexivity || assumption | discriminate]).
        -- exfalso. apply F in H as [H _]. congruence.
        -- apply in_app_or in H as [H | [H | []]]; [now apply R | congruence].
        -- now apply F.
      * updates; simpl in *; try congruence; try (apply in_or_app; right; now left).
        -- apply in_or_app; left. now apply R'.
        -- apply F; auto.
      * updates; auto. now apply NoDup_snoc.
    + exists rest. rewrite upd_same. auto.
    + unfold events_of. rewrite ?upd_same, ?P, ?D. reflexivity.
  - parts; simpl; auto; try solve [intros; updates; simpl; congruence]; try (clear - T; unfold CANCELLED in *; lia).
    + split; [intro v | split; [intros s0 v; split; [intro H | intros [H1 H2]] | intro s0]]; simpl in *.
      * updates; auto. unfold item_ok; simpl. destruct (cancel (items x w)); simpl in *; auto; discriminate.
      * updates; simpl.
        -- exfalso. tauto.
        -- exfalso. apply F in H as [H _]. congruence.
        -- now apply R.
        -- now apply F.
      * updates; simpl in *; try congruence.
        -- now apply R'.
        -- apply F; auto.
      * updates; auto.
    + exists rest. rewrite upd_same, app_nil_r. auto.
    + unfold events_of. rewrite ?upd_same, ?P, ?C. reflexivity.
Qed.

Definition consumed (w : nat) (d : list delivery) : list event :=
  flat_map (fun '(_, _, (ty, v, p)) => if v =? w then [(ty, v, p)] else []) d.

Lemma consumed_app w a b : consumed w (a ++ b) = consumed w a ++ consumed w b.
Proof. apply flat_map_app. Qed.

(* Handing over keeps the invariant, and moves events from the waitables to the threads that wait. *)
Definition delivery_ok (x : sets) (d : delivery) : Prop :=
  match d with (s, _, (ty, w, _)) => 1 <= ty <= CANCELLED /\ in_set (items x w) = Some s end.

Lemma hand_over_spec s x : sound x ->
  let (y, d) := hand_over s x in
  sound y /\ (forall v, in_set (items y v) = in_set (items x v)) /\
  (forall v, events_of v (items x v) = consumed v d ++ events_of v (items y v)) /\
  Forall (delivery_ok x) d /\
  (forall s', s' <> s -> fifo y s' = fifo x s' /\ waiting y s' = waiting x s') /\
  (served x s -> d = [] /\ y = x \/ waiting x s <> [] /\ fifo x s <> []).
Proof.
  intro H. unfold hand_over. pose proof (take_spec s x H) as T.
  destruct (waiting x s) as [| t ts] eqn:W; [simpl; parts; auto; intros; left; auto|].
  destruct (take s x) as [[y [[ty w] p]] |] eqn:E; [| simpl; parts; auto; intros; left; auto].
  destruct T as (S1 & W1 & (rest & R1 & R2) & O1 & P1 & I1 & T1 & V1 & V2 & V3 & C1 & C2).
  parts; simpl; auto.
  - intro v. destruct (w =? v) eqn:Q; simpl.
    + apply Nat.eqb_eq in Q. subst. rewrite V3. reflexivity.
    + apply Nat.eqb_neq in Q. rewrite V2 by congruence. reflexivity.
  - constructor; [| constructor]. simpl. auto.
  - intros s' D. split; [auto|]. rewrite upd_other by auto. now rewrite W1.
  - intros _. right. split; congruence.
Qed.

Lemma consumed_ok_next x y d : (forall v, in_set (items y v) = in_set (items x v)) ->
  Forall (delivery_ok y) d -> Forall (delivery_ok x) d.
Proof. intros V. apply Forall_impl. intros [[s c] [[ty w] p]]. simpl. now rewrite V. Qed.

Lemma announce_spec s x : sound x ->
  let (y, d) := announce s x in
  sound y /\ (forall v, in_set (items y v) = in_set (items x v)) /\
  (forall v, events_of v (items x v) = consumed v d ++ events_of v (items y v)) /\
  Forall (delivery_ok x) d /\
  (forall s', s' <> s -> fifo y s' = fifo x s' /\ waiting y s' = waiting x s').
Proof.
  intro H. unfold announce. pose proof (hand_over_spec s x H) as A. destruct (hand_over s x) as [x1 d1].
  destruct A as (A1 & A2 & A3 & A4 & A5 & _).
  pose proof (hand_over_spec s x1 A1) as B. destruct (hand_over s x1) as [x2 d2].
  destruct B as (B1 & B2 & B3 & B4 & B5 & _).
  parts; auto.
  - intro v. now rewrite B2.
  - intro v. now rewrite A3, B3, consumed_app, app_assoc.
  - apply Forall_app. split; auto. eapply consumed_ok_next; eauto.
  - intros s' D. destruct (A5 s' D), (B5 s' D). split; congruence.
Qed.

(* When nobody waits, announcing does nothing. *)
Lemma announce_idle s x : waiting x s = [] -> announce s x = (x, []).
Proof. intro W. unfold announce, hand_over. rewrite W. simpl. now rewrite W. Qed.

(* One waitable that brings at most two events is served in two steps. *)
Lemma announce_one s x w : sound x -> fifo x s = [w] -> served (fst (announce s x)) s.
Proof.
  intros H F. unfold announce.
  unfold hand_over at 1. destruct (waiting x s) as [| t ts] eqn:W.
  { unfold hand_over. rewrite W. simpl. now left. }
  pose proof (take_spec s x H) as T. destruct (take s x) as [[y [[ty v] p]] |]; [| congruence].
  destruct T as (S1 & W1 & (rest & R1 & R2) & O1 & P1 & I1 & T1 & V1 & V2 & V3 & C1 & C2).
  rewrite F in R1. injection R1 as -> <-. simpl in R2.
  unfold hand_over, set_waiting; simpl. rewrite upd_same.
  destruct ts as [| t' ts]; [simpl; left; apply upd_same|].
  unfold take at 1; simpl. rewrite R2.
  destruct (is_next (cancel (items x v))) eqn:N; [| simpl; right; exact R2].
  assert (Q : pending (items y v) <> None) by (apply (proj1 (proj2 S1) s v); rewrite R2; now left).
  destruct (pending (items y v)) as [[ty' p'] |] eqn:P2; [| congruence].
  rewrite (C1 eq_refl). simpl. right. apply upd_same.
Qed.

(* A waitable without an event in its set's FIFO becomes one with an event there. *)
Lemma arrive_spec w i x : ok x -> item_ok i -> pending i <> None ->
  (forall s, ~ In w (fifo x s)) ->
  let (y, d) := arrive w i x in
  ok y /\ (forall v, v <> w -> events_of v (items x v) = consumed v d ++ events_of v (items y v)) /\
  events_of w i = consumed w d ++ events_of w (items y w) /\
  (forall v, v <> w -> in_set (items y v) = in_set (items x v)) /\ in_set (items y w) = in_set i /\
  Forall (delivery_ok (set_item x w i)) d.
Proof.
  intros [(I & F & N) SV] Ii Pi NI. unfold arrive. destruct (in_set i) as [s |] eqn:E.
  - set (x1 := set_fifo (set_item x w i) s (fifo x s ++ [w])).
    assert (S1 : sound x1).
    { unfold x1; split; [intro v | split; [intros s0 v; split; [intro H | intros [H1 H2]] | intro s0]]; simpl in *.
      - updates; auto.
      - updates; auto.
        + exfalso. now apply (NI s0).
        + apply in_app_or in H as [H | [H | []]]; [now apply F | congruence].
        + now apply F.
      - updates; try congruence.
        + apply in_or_app. right. now left.
        + apply in_or_app. left. now apply F.
        + now apply F.
      - updates; auto. apply NoDup_snoc; auto. }
    pose proof (announce_spec s x1 S1) as A. pose proof (announce_one s x1 w S1) as B.
    pose proof (announce_idle s x1) as C.
    destruct (announce s x1) as [y d]. destruct A as (A1 & A2 & A3 & A4 & A5).
    assert (X1 : items x1 = upd (items x) w i) by reflexivity.
    parts; auto.
    + split; auto. intro s0. destruct (Nat.eq_dec s0 s) as [-> | D].
      * destruct (SV s) as [Z | Z].
        -- rewrite C in * by exact Z. injection C as -> ->; auto. now left.
        -- apply B. unfold x1; simpl. rewrite upd_same, Z. reflexivity.
      * destruct (A5 s0 D) as [Q1 Q2]. unfold served. rewrite Q1, Q2. unfold x1; simpl. rewrite upd_other by auto. apply SV.
    + intros v D. rewrite <- A3, X1, upd_other by auto. reflexivity.
    + rewrite <- A3, X1, upd_same. reflexivity.
    + intros v D. rewrite A2, X1, upd_other by auto. reflexivity.
    + rewrite A2, X1, upd_same. exact E.
  - parts; auto; simpl.
    + split; [| exact SV]. split; [intro v | split; [intros s0 v; split; [intro H | intros [H1 H2]] | intro s0]]; simpl in *; auto.
      * updates; auto.
      * updates; [exfalso; now apply (NI s0) | now apply F].
      * updates; try congruence; now apply F.
    + intros v D. now rewrite upd_other.
    + now rewrite upd_same.
    + intros v D. now rewrite upd_other.
    + now rewrite upd_same.
Qed.

Lemma detach_spec w x : ok x ->
  ok (detach w x) /\ in_set (items (detach w x) w) = None /\
  pending (items (detach w x) w) = pending (items x w) /\ cancel (items (detach w x) w) = cancel (items x w) /\
  (forall v, v <> w -> items (detach w x) v = items x v) /\ (forall s, ~ In w (fifo (detach w x) s)) /\
  (forall s v, v <> w -> In v (fifo (detach w x) s) <-> In v (fifo x s)) /\ waiting (detach w x) = waiting x.
Proof.
  intros [(I & F & N) SV]. unfold detach. destruct (in_set (items x w)) as [s |] eqn:E.
  - parts; simpl; auto; try (now rewrite upd_same).
    + split; [split; [intro v | split; [intros s0 v; split; [intro H | intros [H1 H2]] | intro s0]] | intro s0]; simpl in *.
      * updates; auto. apply I.
      * updates; simpl.
        -- apply in_remove_iff in H. tauto.
        -- apply F in H as [H _]. congruence.
        -- apply in_remove_iff in H as [H _]. now apply F.
        -- now apply F.
      * updates; simpl in *; try congruence; [| now apply F].
        apply in_remove_iff. split; auto. now apply F.
      * updates; auto. now apply NoDup_remove_all.
      * unfold served; simpl. destruct (SV s0) as [Z | Z]; [now left|]. updates; right; auto. now rewrite Z.
    + intros v D. now rewrite upd_other.
    + intros s0 H. updates; [apply in_remove_iff in H; tauto|]. apply F in H as [H _]. congruence.
    + intros s0 v D. updates; [| tauto]. rewrite in_remove_iff. tauto.
  - parts; auto; try tauto.
    + split; auto. split; auto.
    + intros s H. apply F in H as [H _]. congruence.
Qed.

(* Changing an item that is in no set, or only its cancellation state, touches no FIFO. *)
Lemma set_item_ok w i x : ok x -> item_ok i -> (forall s, ~ In w (fifo x s)) -> (in_set i = None \/ pending i = None) ->
  ok (set_item x w i).
Proof.
  intros [(I & F & N) SV] Ii NI Q. split; [| exact SV].
  split; [intro v | split; [intros s0 v; split; [intro H | intros [H1 H2]] | intro s0]]; simpl in *; auto.
  - updates; auto.
  - updates; [exfalso; now apply (NI s0) | now apply F].
  - updates; try (destruct Q; congruence); now apply F.
Qed.

(* ---- steps ------------------------------------------------------------------------------------------------- *)

(* What a log entry adds to, and takes from, the events of waitable w. *)
Definition into (w : nat) (e : op * out) : list event :=
  match e with
  | (OPost v ty p, Out Ok _ _) => if v =? w then [(ty, w, p)] else []
  | (OCancel v, Out Ok _ _) => if v =? w then [(CANCELLED, w, 0)] else []
  | _ => []
  end.
Definition from (w : nat) (e : op * out) : list event :=
  consumed w (deliveries (snd e)) ++ filter (fun '(_, v, _) => v =? w) (discarded (snd e)).

Lemma events_new w i : pending i = None -> events_of w i = [].
Proof. unfold events_of. intro H. now rewrite H. Qed.

Lemma events_same w i j : pending i = pending j -> cancel i = cancel j -> events_of w i = events_of w j.
Proof. unfold events_of. intros P C. now rewrite P, C. Qed.

Lemma events_mine w i : filter (fun '(_, v, _) => v =? w) (events_of w i) = events_of w i.
Proof.
  unfold events_of. destruct (pending i) as [[ty p] |]; simpl; auto. rewrite Nat.eqb_refl.
  destruct (is_next (cancel i)); simpl; rewrite ?Nat.eqb_refl; auto.
Qed.

Lemma events_others w v i : w <> v -> filter (fun '(_, u, _) => u =? w) (events_of v i) = [].
Proof.
  intro D. assert (Q : v =? w = false) by (apply Nat.eqb_neq; congruence).
  unfold events_of. destruct (pending i) as [[ty p] |]; simpl; auto. rewrite Q.
  destruct (is_next (cancel i)); simpl; rewrite ?Q; auto.
Qed.

Lemma idle_conserves (x : sets) w a b : a = [] -> b = [] ->
  events_of w (items x w) ++ a = b ++ events_of w (items x w).
Proof. intros -> ->. now rewrite app_nil_r. Qed.

Lemma poll_spec s x y ty w p : ok x -> take s x = Some (y, (ty, w, p)) ->
  announce s y = (y, []) /\ ok y /\ (forall v, events_of v (items x v) = consumed v [(s, @None nat, (ty, w, p))] ++ events_of v (items y v)) /\
  delivery_ok x (s, None, (ty, w, p)).
Proof.
  intros [S1 SV] E. pose proof (take_spec s x S1) as T. rewrite E in T.
  destruct T as (A1 & W1 & (rest & R1 & R2) & O1 & P1 & I1 & T1 & V1 & V2 & V3 & C1 & C2).
  assert (Z : waiting y s = []) by (rewrite W1; destruct (SV s); [auto | congruence]).
  parts; auto.
  - now apply announce_idle.
  - split; auto. intro s0. unfold served. rewrite W1. destruct (Nat.eq_dec s0 s) as [-> | D].
    + left. now rewrite <- W1.
    + rewrite O1 by auto. apply SV.
  - intro v. simpl. destruct (w =? v) eqn:Q.
    + apply Nat.eqb_eq in Q. subst. rewrite V3. reflexivity.
    + apply Nat.eqb_neq in Q. rewrite V2 by congruence. reflexivity.
  - simpl. auto.
Qed.

Definition conserves (x : sets) (o : op) : Prop := forall w,
  events_of w (items x w) ++ into w (o, snd (step x o)) =
  from w (o, snd (step x o)) ++ events_of w (items (fst (step x o)) w).

Lemma not_queued x w : ok x -> pending (items x w) = None -> forall s, ~ In w (fifo x s).
Proof. intros [(I & F & N) _] P s H. apply F in H. tauto. Qed.

Lemma step_spec x o : ok x -> ok (fst (step x o)) /\ conserves x o.
Proof.
  intro H. unfold conserves. destruct o as [s w | w | w | w ty p | w | s | s t | t | s]; cbn [step].
  - destruct (negb (w <? count)); [split; auto; intro; now apply idle_conserves|].
    pose proof (detach_spec w x H) as (D1 & D2 & D3 & D4 & D5 & D6 & D7 & D8).
    assert (Iw : forall q, item_ok (Item q (pending (items x w)) (cancel (items x w)))) by (intro; apply H).
    destruct (in_set (items x w)) as [s' |] eqn:E.
    + destruct (s' =? s); [split; auto; intro; now apply idle_conserves|]. cbn [pending].
      destruct (pending (items x w)) as [e |] eqn:P.
      * pose proof (arrive_spec w (Item (Some s) (Some e) (cancel (items x w))) (detach w x) D1 (Iw _) ltac:(discriminate) D6) as A.
        destruct (arrive w _ (detach w x)) as [z d]. destruct A as (A1 & A2 & A3 & _).
        split; auto. intro v. unfold from, into; cbn [snd deliveries discarded filter]. rewrite !app_nil_r.
        destruct (Nat.eq_dec v w) as [-> | N]; simpl fst.
        -- rewrite <- A3. now apply events_same.
        -- rewrite <- A2, D5 by auto. reflexivity.
      * split; [apply set_item_ok; auto|]. intro v. unfold from, into; simpl. rewrite app_nil_r.
        updates; [now rewrite !events_new by auto | now rewrite D5].
    + cbn [pending]. destruct (pending (items x w)) as [e |] eqn:P.
      * assert (NI : forall s0, ~ In w (fifo x s0)) by (intros s0 Q; apply (proj1 (proj2 (proj1 H))) in Q as [Q _]; congruence).
        pose proof (arrive_spec w (Item (Some s) (Some e) (cancel (items x w))) x H (Iw _) ltac:(discriminate) NI) as A.
        destruct (arrive w _ x) as [z d]. destruct A as (A1 & A2 & A3 & _).
        split; auto. intro v. unfold from, into; cbn [snd deliveries discarded filter]. rewrite !app_nil_r.
        destruct (Nat.eq_dec v w) as [-> | N]; simpl fst.
        -- rewrite <- A3. now apply events_same.
        -- rewrite <- A2 by auto. reflexivity.
      * split; [apply set_item_ok; auto using not_queued|]. intro v. unfold from, into; simpl. rewrite app_nil_r.
        updates; [now rewrite !events_new by auto | reflexivity].
  - destruct (negb (w <? count)); [split; auto; intro; now apply idle_conserves|].
    pose proof (detach_spec w x H) as (D1 & D2 & D3 & D4 & D5 & _).
    split; auto. intro v. unfold from, into; simpl. rewrite app_nil_r.
    destruct (Nat.eq_dec v w) as [-> | N]; [symmetry; now apply events_same | now rewrite D5].
  - destruct (negb (w <? count)); [split; auto; intro; now apply idle_conserves|].
    pose proof (detach_spec w x H) as (D1 & D2 & D3 & D4 & D5 & D6 & _).
    split; [apply set_item_ok; [exact D1 | exact I | exact D6 | now left]|]. intro v. unfold from, into; simpl. rewrite app_nil_r. updates.
    + rewrite events_mine, (events_new w (Item None None CNone)) by auto. now rewrite app_nil_r.
    + rewrite events_others, D5 by auto. reflexivity.
  - destruct (negb (w <? count) || (ty =? 0) || (CANCELLED <=? ty)) eqn:G; [split; auto; intro; now apply idle_conserves|].
    apply orb_false_elim in G as [G G3]. apply orb_false_elim in G as [G1 G2].
    apply Nat.eqb_neq in G2. apply Nat.leb_gt in G3.
    destruct (pending (items x w)) as [e |] eqn:P; [split; auto; intro; now apply idle_conserves|].
    pose proof (proj1 (proj1 H) w) as Iw. unfold item_ok in Iw. rewrite P in Iw.
    pose proof (arrive_spec w (Item (in_set (items x w)) (Some (ty, p)) (cancel (items x w))) x H) as A.
    destruct (arrive w _ x) as [z d]. destruct A as (A1 & A2 & A3 & _).
    { unfold item_ok; simpl. destruct (cancel (items x w)); lia || contradiction. }
    { discriminate. }
    { now apply not_queued. }
    split; auto. intro v. unfold from, into; cbn [snd deliveries discarded filter fst]. rewrite app_nil_r.
    destruct (Nat.eq_dec v w) as [-> | N].
    + rewrite Nat.eqb_refl, <- A3. rewrite events_new by auto. unfold events_of; simpl.
      destruct (cancel (items x w)); simpl; auto; contradiction.
    + rewrite <- A2 by auto. replace (w =? v) with false by (symmetry; apply Nat.eqb_neq; congruence). now rewrite app_nil_r.
  - destruct (negb (w <? count)); [split; auto; intro; now apply idle_conserves|].
    destruct (cancel (items x w)) eqn:C; try (split; auto; intro; now apply idle_conserves).
    pose proof (proj1 (proj1 H) w) as Iw. unfold item_ok in Iw. rewrite C in Iw.
    destruct (pending (items x w)) as [[ty p] |] eqn:P.
    + split.
      * destruct H as [(I & F & N) SV]. split; [| exact SV].
        split; [intro v | split; [intros s0 v; split; [intro Q | intros [H1 H2]] | intro s0]]; simpl in *; auto.
        -- updates; auto.
        -- apply F in Q as [Q1 Q2]. updates; simpl; split; auto; discriminate.
        -- apply F. updates; simpl in *; split; auto; congruence.
      * intro v. unfold from, into; simpl. updates.
        -- rewrite Nat.eqb_refl. unfold events_of; simpl. rewrite P, C. reflexivity.
        -- replace (w =? v) with false by (symmetry; apply Nat.eqb_neq; congruence). now rewrite app_nil_r.
    + pose proof (arrive_spec w (Item (in_set (items x w)) (Some (CANCELLED, 0)) CSent) x H) as A.
      destruct (arrive w _ x) as [z d]. destruct A as (A1 & A2 & A3 & _).
      { unfold item_ok; simpl. unfold CANCELLED. lia. }
      { discriminate. }
      { now apply not_queued. }
      split; auto. intro v. unfold from, into; cbn [snd deliveries discarded filter fst]. rewrite app_nil_r.
      destruct (Nat.eq_dec v w) as [-> | N].
      * rewrite Nat.eqb_refl, <- A3. rewrite events_new by auto. reflexivity.
      * rewrite <- A2 by auto. replace (w =? v) with false by (symmetry; apply Nat.eqb_neq; congruence). now rewrite app_nil_r.
  - destruct (take s x) as [[y [[ty w] p]] |] eqn:E; [| split; auto; intro; now apply idle_conserves].
    destruct (poll_spec s x y ty w p H E) as (P1 & P2 & P3 & P4). rewrite P1. split; auto.
    intro v. unfold from, into; cbn [snd deliveries discarded filter fst]. rewrite !app_nil_r. apply P3.
  - destruct (take s x) as [[y [[ty w] p]] |] eqn:E.
    + destruct (poll_spec s x y ty w p H E) as (P1 & P2 & P3 & P4). rewrite P1. split; auto.
      intro v. unfold from, into; cbn [snd deliveries discarded filter fst]. rewrite !app_nil_r. apply P3.
    + split; [| intro v; unfold from, into; simpl; now rewrite app_nil_r].
      pose proof (take_spec s x (proj1 H)) as T. rewrite E in T. destruct H as [S1 SV]. split; auto.
      intro s0. unfold served; simpl. updates; [now right | apply SV].
  - split; [| intro v; unfold from, into; simpl; now rewrite app_nil_r]. destruct H as [S1 SV]. split; auto.
    intro s0. unfold served; simpl. destruct (SV s0) as [Z | Z]; [left; now rewrite Z | now right].
  - split; [exact H | intro v; unfold from, into; simpl; now rewrite app_nil_r].
Qed.

(* ---- the properties ---------------------------------------------------------------------------------------- *)

Lemma init_ok : ok init.
Proof.
  split; [| intro; now left]. split; [intro; exact I | split; [| intro; constructor]].
  intros s w. simpl. split; [tauto | intros [A _]; discriminate].
Qed.

Theorem pl14_invariant t : ok (final step init t).
Proof. apply run_keeps with (K := fun _ => True); auto using init_ok. intros s o H _. now apply step_spec. Qed.

(* Every accepted post and cancellation of a waitable is delivered (or discarded by its drop) exactly once, in the order
   of posting; what is left is pending. Over any trace, whatever sets it passes through and whoever waits or polls. *)
Theorem pl12_exactly_once w x t : ok x ->
  events_of w (items x w) ++ flat_map (into w) (log step x t) =
  flat_map (from w) (log step x t) ++ events_of w (items (final step x t) w).
Proof.
  intro H. apply (run_conserves step ok (fun _ => True) (fun x => events_of w (items x w))); auto.
  - intros s o Hs _. now apply step_spec.
  - intros s o Hs _. now apply step_spec.
Qed.

(* PL13: after any trace nobody waits on a set that has an event: whoever could be given one was given it. *)
Theorem pl13_no_lost_wake_up t s : let x := final step init t in waiting x s <> [] -> fifo x s = [].
Proof. intros x W. destruct (pl14_invariant t) as [_ SV]. destruct (SV s); [contradiction | assumption]. Qed.

(* ... and the event goes to the one that has waited longest. *)
Theorem pl13_longest_waiting_first s x y e t ts : waiting x s = t :: ts -> take s x = Some (y, e) ->
  snd (hand_over s x) = [(s, Some t, e)] /\ waiting (fst (hand_over s x)) s = ts.
Proof. intros W T. unfold hand_over. rewrite W, T. simpl. split; auto. apply upd_same. Qed.

(* PL09, PL10: an event that is delivered has one of the codes 1..6, and names a waitable of that set. *)
Lemma deliveries_ok x o : ok x ->
  Forall (fun d => match d with (s, _, (ty, w, _)) => 1 <= ty <= CANCELLED /\
            (in_set (items x w) = Some s \/ exists s', o = OJoin s' w /\ s' = s) end) (deliveries (snd (step x o))).
Proof.
  intro H.
  assert (A : forall w i y d, ok y -> item_ok i -> pending i <> None -> (forall s, ~ In w (fifo y s)) ->
            (forall v, v <> w -> in_set (items y v) = in_set (items x v)) -> arrive w i y = (fst (arrive w i y), d) ->
            Forall (fun d => match d with (s, _, (ty, v, _)) => 1 <= ty <= CANCELLED /\
              (v <> w /\ in_set (items x v) = Some s \/ v = w /\ in_set i = Some s) end) d).
  { intros w i y d Hy Ii Pi NI V E. pose proof (arrive_spec w i y Hy Ii Pi NI) as S. rewrite E in S.
    destruct S as (_ & _ & _ & _ & _ & S). revert S. apply Forall_impl. intros [[s c] [[ty v] p]] [Q1 Q2]. split; auto.
    simpl in Q2. destruct (Nat.eq_dec v w) as [-> | N]; [right; rewrite upd_same in Q2; auto | left].
    rewrite upd_other in Q2 by auto. rewrite <- V; auto. }
  destruct o as [s w | w | w | w ty p | w | s | s t | t | s]; cbn [step].
  - destruct (negb (w <? count)); [constructor|].
    pose proof (detach_spec w x H) as (D1 & D2 & D3 & D4 & D5 & D6 & _).
    assert (Iw : item_ok (Item (Some s) (pending (items x w)) (cancel (items x w)))) by apply (proj1 (proj1 H)).
    destruct (in_set (items x w)) as [s' |] eqn:E.
    + destruct (s' =? s); [constructor|]. cbn [pending] in *. destruct (pending (items x w)) as [e |] eqn:P; [| constructor].
      specialize (A w (Item (Some s) (Some e) (cancel (items x w))) (detach w x)). destruct (arrive w _ (detach w x)) as [z d].
      specialize (A d D1 Iw ltac:(discriminate) D6). cbn [deliveries snd]. revert A. intro A.
      assert (B := A (fun v N => f_equal in_set (D5 v N)) eq_refl). revert B. apply Forall_impl.
      intros [[s0 c] [[ty v] p]] [Q1 [[Q2 Q3] | [Q2 Q3]]]; split; auto. right. exists s. subst. simpl in Q3. split; congruence.
    + cbn [pending] in *. destruct (pending (items x w)) as [e |] eqn:P; [| constructor].
      assert (NI : forall s0, ~ In w (fifo x s0)) by (intros s0 Q; apply (proj1 (proj2 (proj1 H))) in Q as [Q _]; congruence).
      specialize (A w (Item (Some s) (Some e) (cancel (items x w))) x). destruct (arrive w _ x) as [z d].
      specialize (A d H Iw ltac:(discriminate) NI ltac:(auto) eq_refl). cbn [deliveries snd]. revert A. apply Forall_impl.
      intros [[s0 c] [[ty v] p]] [Q1 [[Q2 Q3] | [Q2 Q3]]]; split; auto. right. exists s. subst. simpl in Q3. split; congruence.
  - destruct (negb (w <? count)); constructor.
  - destruct (negb (w <? count)); constructor.
  - destruct (negb (w <? count) || (ty =? 0) || (CANCELLED <=? ty)) eqn:G; [constructor|].
    apply orb_false_elim in G as [G G3]. apply orb_false_elim in G as [G1 G2].
    apply Nat.eqb_neq in G2. apply Nat.leb_gt in G3.
    destruct (pending (items x w)) as [e |] eqn:P; [constructor|].
    pose proof (proj1 (proj1 H) w) as Iw. unfold item_ok in Iw. rewrite P in Iw.
    specialize (A w (Item (in_set (items x w)) (Some (ty, p)) (cancel (items x w))) x). destruct (arrive w _ x) as [z d].
    assert (Ii : item_ok (Item (in_set (items x w)) (Some (ty, p)) (cancel (items x w))))
      by (unfold item_ok; simpl; destruct (cancel (items x w)); lia || contradiction).
    specialize (A d H Ii ltac:(discriminate) (not_queued x w H P) ltac:(auto) eq_refl). cbn [deliveries snd]. revert A. apply Forall_impl.
    intros [[s0 c] [[ty' v] p']] [Q1 [[Q2 Q3] | [Q2 Q3]]]; split; auto. left. now subst.
  - destruct (negb (w <? count)); [constructor|]. destruct (cancel (items x w)) eqn:C; try constructor.
    destruct (pending (items x w)) as [[ty p] |] eqn:P; [constructor|].
    specialize (A w (Item (in_set (items x w)) (Some (CANCELLED, 0)) CSent) x). destruct (arrive w _ x) as [z d].
    assert (Ii : item_ok (Item (in_set (items x w)) (Some (CANCELLED, 0)) CSent)) by (unfold item_ok, CANCELLED; simpl; lia).
    specialize (A d H Ii ltac:(discriminate) (not_queued x w H P) ltac:(auto) eq_refl). cbn [deliveries snd]. revert A. apply Forall_impl.
    intros [[s0 c] [[ty' v] p']] [Q1 [[Q2 Q3] | [Q2 Q3]]]; split; auto. left. now subst.
  - destruct (take s x) as [[y [[ty w] p]] |] eqn:E; [| constructor].
    destruct (poll_spec s x y ty w p H E) as (P1 & _ & _ & P4 & P5). rewrite P1. constructor; [| constructor]. auto.
  - destruct (take s x) as [[y [[ty w] p]] |] eqn:E; [| constructor].
    destruct (poll_spec s x y ty w p H E) as (P1 & _ & _ & P4 & P5). rewrite P1. constructor; [| constructor]. auto.
  - constructor.
  - constructor.
Qed.

Theorem pl09_only_event_codes x o s c ty w p : ok x ->
  In (s, c, (ty, w, p)) (deliveries (snd (step x o))) -> 1 <= ty <= CANCELLED.
Proof. intros H I. pose proof (deliveries_ok x o H) as F. rewrite Forall_forall in F. apply (F _ I). Qed.

Theorem pl10_join_id_is_a_member x o s c ty w p : ok x ->
  In (s, c, (ty, w, p)) (deliveries (snd (step x o))) -> in_set (items x w) = Some s \/ o = OJoin s w.
Proof.
  intros H I. pose proof (deliveries_ok x o H) as F. rewrite Forall_forall in F. destruct (F _ I) as [_ [A | (s' & A & B)]]; auto.
  right. congruence.
Qed.

(* PL14: a waitable with an event is in the FIFO of its own set, once, and in no other; who leaves is in none. *)
Theorem pl14_in_one_set t w s s' : let x := final step init t in In w (fifo x s) -> In w (fifo x s') -> s = s'.
Proof.
  intros x A B. destruct (pl14_invariant t) as [(_ & F & _) _]. apply F in A as [A _]. apply F in B as [B _].
  unfold x in *. congruence.
Qed.

Theorem pl14_leaving_removes x w s o : ok x -> w < count -> o = OLeave w \/ o = ODropWaitable w ->
  ~ In w (fifo (fst (step x o)) s) /\ in_set (items (fst (step x o)) w) = None.
Proof.
  intros H C Q. apply Nat.ltb_lt in C. pose proof (detach_spec w x H) as (D1 & D2 & _ & _ & _ & D6 & _).
  destruct Q as [-> | ->]; cbn [step]; rewrite C; simpl; auto. rewrite upd_same. auto.
Qed.

(* PL11: between two drops of a waitable at most one cancellation is accepted, and it is delivered once (pl12). *)
Definition cancels (w : nat) (e : op * out) : nat :=
  match e with (OCancel v, Out Ok _ _) => if v =? w then 1 else 0 | _ => 0 end.
Definition credit (c : cancel_state) : nat := match c with CNone => 1 | _ => 0 end.

Lemma take_cancel s x y e : take s x = Some (y, e) -> forall v, credit (cancel (items y v)) = credit (cancel (items x v)).
Proof.
  unfold take. destruct (fifo x s) as [| w rest]; [discriminate|]. destruct (pending (items x w)) as [[ty p] |]; [| discriminate].
  destruct (cancel (items x w)) eqn:C; simpl; intro E; injection E as <- <-; intro v; simpl; updates; simpl; rewrite ?C; auto.
Qed.

Lemma hand_over_cancel s x v : credit (cancel (items (fst (hand_over s x)) v)) = credit (cancel (items x v)).
Proof.
  unfold hand_over. destruct (waiting x s); auto. pose proof (take_cancel s x) as T.
  destruct (take s x) as [[y e] |]; auto. simpl. now apply (T y e).
Qed.

Lemma announce_cancel s x v : credit (cancel (items (fst (announce s x)) v)) = credit (cancel (items x v)).
Proof.
  unfold announce. pose proof (hand_over_cancel s x v) as A. destruct (hand_over s x) as [x1 d1].
  pose proof (hand_over_cancel s x1 v) as B. destruct (hand_over s x1) as [x2 d2]. simpl in *. congruence.
Qed.

Lemma arrive_cancel w i x v :
  credit (cancel (items (fst (arrive w i x)) v)) = credit (if v =? w then cancel i else cancel (items x v)).
Proof.
  unfold arrive. destruct (in_set i) as [s |]; [rewrite announce_cancel|]; simpl; unfold upd; destruct (v =? w); auto.
Qed.

Lemma detach_cancel w x v : cancel (items (detach w x) v) = cancel (items x v).
Proof. unfold detach. destruct (in_set (items x w)); auto. simpl. updates; auto. Qed.

Lemma cancels_once x o w : o <> ODropWaitable w ->
  cancels w (o, snd (step x o)) + credit (cancel (items (fst (step x o)) w)) = credit (cancel (items x w)).
Proof.
  intro D. destruct o as [s v | v | v | v ty p | v | s | s t | t | s]; cbn [step].
  - destruct (negb (v <? count)); auto. destruct (in_set (items x v)) as [s' |].
    + destruct (s' =? s); auto. cbn [pending]. destruct (pending (items x v)) as [e |].
      * pose proof (arrive_cancel v (Item (Some s) (Some e) (cancel (items x v))) (detach v x) w) as A.
        destruct (arrive v _ (detach v x)); simpl in *. rewrite A, detach_cancel.
        destruct (w =? v) eqn:Q; auto. apply Nat.eqb_eq in Q. now subst.
      * simpl. updates; simpl; rewrite ?detach_cancel; auto.
    + cbn [pending]. destruct (pending (items x v)) as [e |].
      * pose proof (arrive_cancel v (Item (Some s) (Some e) (cancel (items x v))) x w) as A.
        destruct (arrive v _ x); simpl in *. rewrite A. destruct (w =? v) eqn:Q; auto. apply Nat.eqb_eq in Q. now subst.
      * simpl. updates; simpl; auto.
  - destruct (negb (v <? count)); simpl; rewrite ?detach_cancel; auto.
  - destruct (negb (v <? count)); simpl; auto. rewrite upd_other by congruence. now rewrite detach_cancel.
  - destruct (negb (v <? count) || (ty =? 0) || (CANCELLED <=? ty)); auto. destruct (pending (items x v)); auto.
    pose proof (arrive_cancel v (Item (in_set (items x v)) (Some (ty, p)) (cancel (items x v))) x w) as A.
    destruct (arrive v _ x); simpl in *. rewrite A. destruct (w =? v) eqn:Q; auto. apply Nat.eqb_eq in Q. now subst.
  - destruct (negb (v <? count)); auto. destruct (cancel (items x v)) eqn:C; auto.
    destruct (pending (items x v)) as [e |].
    + simpl. rewrite (Nat.eqb_sym v w). unfold upd. destruct (w =? v) eqn:Q; auto. apply Nat.eqb_eq in Q. subst. now rewrite C.
    + pose proof (arrive_cancel v (Item (in_set (items x v)) (Some (CANCELLED, 0)) CSent) x w) as A.
      destruct (arrive v _ x); simpl in *. rewrite A, (Nat.eqb_sym v w).
      destruct (w =? v) eqn:Q; auto. apply Nat.eqb_eq in Q. subst. now rewrite C.
  - pose proof (take_cancel s x) as T. destruct (take s x) as [[y e] |]; auto.
    pose proof (announce_cancel s y w) as A. destruct (announce s y); simpl in *. rewrite A. now apply (T y e).
  - pose proof (take_cancel s x) as T. destruct (take s x) as [[y e] |]; auto.
    pose proof (announce_cancel s y w) as A. destruct (announce s y); simpl in *. rewrite A. now apply (T y e).
  - auto.
  - auto.
Qed.

Theorem pl11_cancelled_at_most_once x w t : Forall (fun o => o <> ODropWaitable w) t ->
  list_sum (map (cancels w) (log step x t)) + credit (cancel (items (final step x t) w)) = credit (cancel (items x w)).
Proof.
  revert x. induction t as [| o t IH]; intros x F; [reflexivity|]. apply Forall_cons_iff in F as [F1 F2].
  rewrite log_cons, final_cons. cbn [map list_sum fold_right]. fold (list_sum (map (cancels w) (log step (fst (step x o)) t))).
  rewrite <- (cancels_once x o w F1), <- (IH (fst (step x o)) F2). unfold list_sum. lia.
Qed.

(* PL12, order within a set: while nobody leaves, what a set delivers is the head of its FIFO, newcomers queue behind. *)
Theorem pl12_oldest_first s x w rest : ok x -> fifo x s = w :: rest ->
  exists y ty p, take s x = Some (y, (ty, w, p)) /\ pending (items x w) = Some (ty, p) /\
    fifo y s = rest ++ (if is_next (cancel (items x w)) then [w] else []).
Proof.
  intros [H _] E. pose proof (take_spec s x H) as T. destruct (take s x) as [[y [[ty v] p]] |]; [| congruence].
  destruct T as (_ & _ & (r & R1 & R2) & _ & P & _). rewrite E in R1. injection R1 as <- <-.
  exists y, ty, p. auto.
Qed.

Theorem pl12_newcomers_last x w i s : waiting x s = [] -> in_set i = Some s ->
  arrive w i x = (set_fifo (set_item x w i) s (fifo x s ++ [w]), []).
Proof. intros W E. unfold arrive. rewrite E. now apply announce_idle. Qed.

Theorem pl12_leaving_keeps_the_others_order x w s :
  fifo (detach w x) s = (match in_set (items x w) with
                         | Some s' => if s =? s' then remove Nat.eq_dec w (fifo x s) else fifo x s
                         | None => fifo x s end).
Proof.
  unfold detach. destruct (in_set (items x w)) as [s' |]; auto. simpl. unfold upd.
  destruct (s =? s') eqn:Q; auto. apply Nat.eqb_eq in Q. now subst.
Qed.
End Sized.
